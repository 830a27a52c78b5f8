import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithOwn, describeWithServer, startKafka, type KafkaEngine } from '@hse/engines';
import { readiness, startTrial, until, type Trial } from './trial.ts';

/* Kafka killed without warning in the middle of load, and started again. */

const rounds = Number(process.env['KILLS'] ?? 1);

describeWithOwn('kafka', 'Kafka', () => {
  describeWithServer('MONGODB_URL', 'that is killed under load', () => {
    let kafka: KafkaEngine;
    let trial: Trial;

    beforeAll(async () => {
      kafka = await startKafka();
      trial = await startTrial({ counts: {}, environment: { KAFKA_BROKERS: kafka.brokers } });
    }, 120_000);
    afterAll(async () => {
      await trial?.stop();
      await kafka?.remove();
    }, 60_000);

    it('keeps no command waiting; the backlog drains when it is back, in the order of each request', async () => {
      const { distributed, load } = trial;
      const followers = [...distributed.of('notifications'), ...distributed.of('expiry')];
      for (let round = 0; round < rounds; round += 1) {
        load.start();
        await load.until(50);
        const [wishes, unanswered] = [load.wishes, load.unanswered];
        const away = performance.now();
        await kafka.kill();
        await load.until(200);
        const unreadyMs = await Promise.all(
          followers.map((each) => until('a follower says so', async () => !(await readiness(each)).ok)),
        );
        for (const each of [...distributed.of('gateway'), ...distributed.of('requests')])
          expect(await readiness(each)).toMatchObject({ ok: true });
        await load.stop();
        const meanwhile = load.wishes - wishes;
        expect(load.unanswered - unanswered).toBe(0);
        await kafka.start();
        const awayMs = Math.round(performance.now() - away);
        const drainedMs = await trial.caughtUp();
        const readyMs = await Promise.all(
          followers.map((each) => until('a follower is ready', async () => (await readiness(each)).ok)),
        );
        load.start();
        await load.until(20);
        const proof = await trial.proven();
        console.log(
          `Kafka was away for ${awayMs} ms, ${meanwhile} session requests were made and accepted meanwhile, none of them ` +
            `unanswered; the followers said so after ${Math.max(...unreadyMs)} ms; all was in the read models ${drainedMs} ms ` +
            `after it was back, and the followers ready ${Math.max(...readyMs)} ms later; ${proof.repeats} repeats in Kafka`,
        );
      }
    }, 180_000);
  });
});
