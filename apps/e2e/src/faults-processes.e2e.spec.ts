import { afterAll, beforeAll, it } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import type { Instance, ServiceName } from './distributed.ts';
import { startTrial, type Trial } from './trial.ts';

/*
 * Two instances of each service, killed without warning in the middle of load. What was acknowledged, what was recorded,
 * what went through Kafka and what can be queried are compared afterwards.
 */

/** Of each service, its instances in turn. */
const rounds = Number(process.env['KILLS'] ?? 2);
/** Of all processes at once: as many starts as two instances four times over. */
const roundsOfAll = Math.ceil(rounds / 2);

describeWithServer('KAFKA_BROKERS', 'processes of the distributed profile', () => {
  describeWithServer('MONGODB_URL', 'that are killed under load', () => {
    let trial: Trial;

    beforeAll(async () => {
      trial = await startTrial({ counts: { requests: 2, notifications: 2, expiry: 2, gateway: 2 } });
    }, 120_000);
    afterAll(() => trial?.stop(), 60_000);

    it.each<ServiceName>(['requests', 'notifications', 'expiry', 'gateway'])(
      '%s: one instance after the other, while the other goes on',
      async (service) => {
        const { distributed, load } = trial;
        const [wishes, unanswered] = [load.wishes, load.unanswered];
        const instances = distributed.of(service);
        load.start();
        for (let round = 0; round < rounds; round += 1) {
          await load.until(10 + ((round * 37) % 30));
          await trial.killed([instances[round % 2] as Instance], 20);
        }
        await load.until(10);
        const proof = await trial.proven();
        console.log(
          `${service}: ${rounds} kills, ${load.wishes - wishes} session requests, ` +
            `${load.unanswered - unanswered} answers cut off, ${proof.repeats} repeats in Kafka so far, ` +
            `caught up after ${proof.caughtUpMs} ms`,
        );
      },
      120_000,
    );

    it('all of them at once', async () => {
      const { distributed, load } = trial;
      const [wishes, unanswered] = [load.wishes, load.unanswered];
      load.start();
      for (let round = 0; round < roundsOfAll; round += 1) {
        await load.until(10 + ((round * 37) % 30));
        await trial.killed(distributed.instances, 0);
      }
      await load.until(10);
      const proof = await trial.proven();
      console.log(
        `all ${distributed.instances.length} processes: ${roundsOfAll} times, ${load.wishes - wishes} session requests, ` +
          `${load.unanswered - unanswered} answers cut off, ${proof.repeats} repeats in Kafka so far, ` +
          `caught up after ${proof.caughtUpMs} ms`,
      );
    }, 120_000);
  });
});
