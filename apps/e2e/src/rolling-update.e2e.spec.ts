import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import { startBalancer, type Balancer } from './balancer.ts';
import type { Instance, ServiceName } from './distributed.ts';
import { followLive, type FollowedLive } from './live.ts';
import { ended, spawnService } from './server-process.ts';
import { startTrial, until, type Trial } from './trial.ts';

/*
 * What `kubectl rollout` does with the only instance of `gateway` and of `requests`, with processes: a new one is started and gets
 * its share when it is ready; then the old one is sent SIGTERM, and only somewhat later do new connections go elsewhere. With one
 * of each there is nobody else to turn to, and everything that is under way has to move.
 */

/** As long as Kubernetes may take until every node has noticed that a pod is about to go. */
const noticedAfterMs = 1_000;
const lingerMs = 2_500;

const replayMain = fileURLToPath(new URL('../../replay/dist/main.js', import.meta.url));

const idOf = (account: string): string => String(demoAccounts.find((each) => each.account === account)?.id);

describeWithServer('KAFKA_BROKERS', 'a rolling update', () => {
  describeWithServer('MONGODB_URL', 'under load', () => {
    let trial: Trial;
    let balancer: Balancer;
    let followers: FollowedLive[] = [];

    beforeAll(async () => {
      balancer = await startBalancer();
      trial = await startTrial({
        counts: { gateway: 2, requests: 2 },
        environment: { LINGER_MS: String(lingerMs) },
        through: [balancer.url],
        callers: 4,
      });
      const { distributed } = trial;
      // The second of each is the pod that an update may have too many.
      for (const service of ['gateway', 'requests'] as const)
        await distributed.of(service)[1]?.end('SIGTERM');
      for (const { port } of distributed.of('gateway').slice(0, 1)) balancer.add(port);
      followers = await Promise.all(
        ['kenji', 'anna'].map(async (account) =>
          followLive(balancer.url, await distributed.mint(idOf(account))),
        ),
      );
    }, 120_000);
    afterAll(async () => {
      for (const follower of followers) follower.close();
      await trial?.stop();
      await balancer?.close();
    }, 60_000);

    const replace = async (service: ServiceName, old: Instance, by: Instance): Promise<void> => {
      await by.start();
      if (service === 'gateway') balancer.add(by.port);
      await trial.load.until(20);
      const { running } = old;
      const exit = ended(running);
      running.process.kill('SIGTERM');
      if (service === 'gateway') {
        await pause(noticedAfterMs);
        balancer.remove(old.port);
      }
      expect([service, await exit, running.printed.text]).toEqual([service, 0, expect.anything()]);
      await trial.load.until(20);
    };

    it('loses no request and no live update', async () => {
      const { distributed, load } = trial;
      load.start();
      await load.until(40);
      // As a new version of everything does: both at the same time.
      await Promise.all(
        (['requests', 'gateway'] as const).map(async (service) => {
          const [old, surge] = distributed.of(service) as [Instance, Instance];
          await replace(service, old, surge);
        }),
      );
      await load.stop();
      // Not one 5xx, not one connection that broke.
      expect(load.faults).toEqual([]);
      for (const follower of followers) {
        await until(
          'both have been told of everything',
          () => follower.failure !== undefined || load.ids.every((id) => follower.latest(id) === 1),
        );
        expect(follower.failure).toBeUndefined();
        expect(follower.connections).toBeGreaterThan(1);
      }
      await distributed.of('gateway')[0]?.start();
      await distributed.of('requests')[0]?.start();
      const proof = await trial.proven();
      console.log(
        `2 instances replaced, ${load.wishes} session requests, every call answered; live streams opened ` +
          `${followers.map(({ connections }) => connections).join(' and ')} times; caught up after ${proof.caughtUpMs} ms`,
      );
    }, 240_000);

    it('leaves a history that replay verifies and exports, in EventStoreDB and MongoDB', async () => {
      const { distributed, load } = trial;
      const {
        EVENTSTOREDB_URL = '',
        EVENTSTOREDB_NAMESPACE = '',
        MONGODB_URL = '',
      } = distributed.environment;
      const folder = await mkdtemp(join(tmpdir(), 'replay-'));
      const replay = async (...args: string[]) => {
        const history = ['--eventstoredb', EVENTSTOREDB_URL, '--namespace', EVENTSTOREDB_NAMESPACE];
        const environment = { XDG_CONFIG_HOME: folder, INIT_CWD: folder };
        const running = spawnService(replayMain, environment, [...args, ...history]);
        return { code: await ended(running), text: running.printed.text };
      };
      const verified = await replay('verify', '--mongodb', MONGODB_URL);
      expect(verified).toEqual({ code: 0, text: expect.stringContaining('Everything is as it has to be.') });
      expect(verified.text).toContain(`${load.wishes * 2} events of ${load.wishes} session requests`);
      expect(verified.text).toContain(`${load.wishes} session requests and`);
      const exported = await replay('export', '--format', 'ndjson', '--out', 'rows.ndjson');
      expect(exported).toMatchObject({ code: 0 });
      const rows = (await readFile(join(folder, 'rows.ndjson'), 'utf8')).trimEnd().split('\n');
      expect(rows).toHaveLength(load.wishes * 2);
      await rm(folder, { recursive: true });
    }, 60_000);
  });
});
