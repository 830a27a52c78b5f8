import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { streamOf } from '@hse/contracts';
import { describeWithServer } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import type { SessionRequestEvent } from '@hse/session-requests';
import { Kafka, logLevel, type EachMessagePayload } from 'kafkajs';
import { createApi, type Api } from './api.ts';
import type { Instance } from './distributed.ts';
import { readiness, startTrial, until, type Trial } from './trial.ts';

/* What several instances of a service share: the lead of the relay, partitions, deadlines, and what a group failed on. */

const hour = 3_600_000;

const idOf = (account: string): string => String(demoAccounts.find((each) => each.account === account)?.id);

const leads = async (instance: Instance): Promise<boolean> => {
  const { checks } = await readiness(instance);
  return checks.some(({ name, detail }) => name === 'relay' && detail?.startsWith('leading') === true);
};

describeWithServer('KAFKA_BROKERS', 'two instances of each service', () => {
  describeWithServer('MONGODB_URL', 'that share the work', () => {
    let trial: Trial;
    /** Events that are recorded beside those of the load. */
    let others = 0;

    const as = async (account: string): Promise<Api> =>
      createApi(String(trial.distributed.urls[0]), await trial.distributed.mint(idOf(account)));

    beforeAll(async () => {
      trial = await startTrial({ counts: { requests: 2, notifications: 2, expiry: 2 } });
    }, 120_000);
    afterAll(() => trial?.stop(), 60_000);

    it('a relay that stands still for longer than its lease is superseded, and publishes no more when it goes on', async () => {
      const { distributed, load } = trial;
      const [wishes, unanswered] = [load.wishes, load.unanswered];
      const [one, two] = distributed.of('requests') as [Instance, Instance];
      await until('a relay leads', async () => (await leads(one)) || (await leads(two)));
      const [leader, other] = (await leads(one)) ? [one, two] : [two, one];
      load.start();
      await load.until(30);
      leader.running.process.kill('SIGSTOP');
      const leadsMs = await until('the other relay leads', () => leads(other));
      await load.until(30);
      leader.running.process.kill('SIGCONT');
      await until(
        'the first relay stands by',
        async () => (await readiness(leader)).ok && !(await leads(leader)),
      );
      await load.until(30);
      expect(await leads(other)).toBe(true);
      const proof = await trial.proven();
      console.log(
        `the other relay led ${leadsMs} ms after the first had been stopped; ${load.wishes - wishes} session requests, ` +
          `${load.unanswered - unanswered} answers cut off, ${proof.repeats} repeats in Kafka`,
      );
    }, 120_000);

    it('a follower that leaves and comes back in the middle of batches', async () => {
      const { distributed, load } = trial;
      const [wishes, unanswered] = [load.wishes, load.unanswered];
      const [comesAndGoes] = distributed.of('notifications') as [Instance];
      const rounds = Number(process.env['KILLS'] ?? 2);
      load.start();
      for (let round = 0; round < rounds; round += 1) {
        await load.until(40);
        await comesAndGoes.end('SIGTERM');
        expect(comesAndGoes.running.process.exitCode).toBe(0);
        await load.until(40);
        await comesAndGoes.start();
      }
      await load.until(40);
      const proof = await trial.proven();
      console.log(
        `${rounds * 2} rebalances, ${load.wishes - wishes} session requests, ${load.unanswered - unanswered} answers cut off, ` +
          `caught up after ${proof.caughtUpMs} ms`,
      );
    }, 120_000);

    it('every message that comes ten times has its effects once', async () => {
      const { distributed, load } = trial;
      const { KAFKA_BROKERS: brokers = '', KAFKA_PREFIX: prefix = '' } = distributed.environment;
      const topic = `${prefix}session-requests.events`;
      const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
      const producer = kafka.producer();
      const consumer = kafka.consumer({ groupId: `${topic}.echo` });
      await Promise.all([producer.connect(), consumer.connect()]);
      await consumer.subscribe({ topic, fromBeginning: false });
      let echoed = 0;
      const seen = new Set<string>();
      const echoes = async ({ partition, message }: EachMessagePayload): Promise<void> => {
        const { key, value, headers = {} } = message;
        const id = String(headers['ce_id']);
        if (seen.has(id)) return;
        seen.add(id);
        await producer.send({
          topic,
          messages: Array.from({ length: 9 }, () => ({ partition, key, value, headers })),
        });
        echoed += 9;
      };
      const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
      await consumer.run({ eachMessage: echoes });
      await joined;
      const wishes = load.wishes;
      load.start();
      await load.until(60);
      await load.stop();
      await until('all are said again', () => seen.size >= 2 * 60);
      await Promise.all([consumer.disconnect(), producer.disconnect()]);
      const { repeats } = await trial.proven();
      expect(repeats).toBeGreaterThanOrEqual(echoed);
      console.log(`${load.wishes - wishes} session requests, ${echoed} messages too many in Kafka`);
    }, 120_000);

    it('each of many deadlines is carried out once and at its time, while an instance of expiry is killed', async () => {
      const { distributed, store } = trial;
      const [asker, anybody] = [await as('priya'), await as('anna')];
      const { now } = (await anybody.get<{ now: string }>('/clock')).body;
      const due = new Map<string, string>();
      const many = 300;
      const ask = async (index: number): Promise<void> => {
        const startsAt = Date.parse(now) + 96 * hour + (index % 12) * hour;
        const { id, proposal } = await asker.request(idOf('mateo'), {
          startsAt: new Date(startsAt).toISOString(),
          endsAt: new Date(startsAt + hour).toISOString(),
        });
        due.set(id, String(proposal?.respondBy));
      };
      for (let index = 0; index < many; index += 20)
        await Promise.all(Array.from({ length: 20 }, (_, offset) => ask(index + offset)));

      const cancelled = async (): Promise<Map<string, string[]>> => {
        const found = new Map<string, string[]>();
        for await (const { events } of store.readAll({ types: ['SessionCancelled'] }))
          for (const { data, metadata } of events)
            found.set(data.requestId, [...(found.get(data.requestId) ?? []), metadata.recordedAt]);
        return found;
      };
      const last = String([...due.values()].sort().at(-1));
      const advanced = anybody.post('/clock/advance', { to: last });
      const [victim] = distributed.of('expiry') as [Instance];
      await until('a third is cancelled', async () => (await cancelled()).size >= many / 3);
      await victim.end('SIGKILL');
      const before = (await cancelled()).size;
      await victim.start();
      expect((await advanced).status).toBe(200);

      others += many * 2;
      expect(await cancelled()).toEqual(new Map([...due].map(([id, respondBy]) => [id, [respondBy]])));
      const proof = await trial.proven({ others });
      console.log(
        `${many} deadlines at 12 instants, killed after ${before}: ${many} cancellations, none twice, none early, none late; ` +
          `caught up after ${proof.caughtUpMs} ms`,
      );
    }, 120_000);

    it('an event that cannot be handled is parked while all others proceed, and followed again when somebody says so', async () => {
      const { command, db, load } = trial;
      const [collection] = await db.listCollections({ name: /^sessionRequests_/ }).toArray();
      const { name, options } = collection as { name: string; options: { validator: object } };
      // Somebody has changed something in the database.
      const refuseNoah = { $and: [options.validator, { participants: { $ne: idOf('noah') } }] };
      await db.command({ collMod: name, validator: refuseNoah });
      load.start();
      const startsAt = Date.UTC(2027, 2, 1);
      const { id } = await (
        await as('noah')
      ).request(idOf('mateo'), {
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(startsAt + hour).toISOString(),
      });
      others += 1;
      const stream = streamOf({ requestId: id });
      let listed = '';
      const parkedMs = await until('the stream is parked', async () => {
        listed = (await command('parked', 'list', 'notifications')).text;
        return listed.includes(stream);
      });
      expect(listed.split('\n')).toHaveLength(3); // header, one stream, end of line
      await load.until(30);
      await load.stop();
      await load.finish();
      const othersMs = await trial.caughtUp();

      await db.command({ collMod: name, validator: options.validator });
      expect((await command('parked', 'retry', 'notifications', stream)).code).toBe(0);
      const retriedMs = await until('the stream is followed', async () =>
        (await command('parked', 'list')).text.includes('No stream is parked.'),
      );
      await trial.proven({
        others,
        expected: [
          new RegExp(`cannot be handled.*|${stream}.*cannot be handled`),
          // The watch is right: as long as it is parked, the read models lack it.
          new RegExp(`"different":1,.*"${id}","difference":"missing".*Read models are not what the log says`),
        ],
      });
      console.log(
        `parked after ${parkedMs} ms; all others caught up ${othersMs} ms after the load; followed again after ${retriedMs} ms`,
      );
    }, 120_000);

    it('an event that makes no sense is parked, and left out when somebody says so', async () => {
      const { command, load, store } = trial;
      const requestId = randomUUID();
      const stream = streamOf({ requestId });
      const slot = { startsAt: '2027-03-01T08:00:00.000Z', endsAt: '2027-03-01T09:00:00.000Z' };
      // Nobody has asked for what is accepted here.
      const accepted: SessionRequestEvent = {
        type: 'SessionAccepted',
        data: {
          requestId,
          coachId: idOf('mateo'),
          clientId: idOf('noah'),
          acceptedBy: 'coach',
          slot,
          round: 1,
        },
      };
      const commandId = randomUUID();
      const metadata = { commandId, correlationId: commandId, recordedAt: slot.startsAt, schemaVersion: 1 };
      load.start();
      await load.until(10);
      await store.append(stream, [{ ...accepted, id: randomUUID(), metadata }], { expected: 'no-stream' });
      const listed = async (state: string): Promise<boolean> =>
        (await command('parked', 'list', 'notifications')).text
          .split('\n')
          .some((line) => line.includes(stream) && line.includes(state));
      await until('the stream is parked', () => listed('parked'));
      expect((await command('parked', 'discard', 'notifications', stream)).code).toBe(0);
      expect(await listed('discarded')).toBe(true);
      await load.until(30);
      await load.stop();
      await load.finish();
      await trial.caughtUp();
      await load.verify();
      expect((await command('parked', 'discard', 'notifications', 'sessionRequest-none')).code).toBe(1);
    }, 120_000);
  });
});
