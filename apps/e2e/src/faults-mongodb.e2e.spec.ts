import { afterAll, beforeAll, it } from '@jest/globals';
import { describeWithOwn, describeWithServer, startMongo, type MongoEngine } from '@hse/engines';
import { readiness, startTrial, until, type Trial } from './trial.ts';

/* MongoDB killed without warning in the middle of load, and started again; and a replica set that changes its primary. */

const rounds = Number(process.env['KILLS'] ?? 1);

const onMongo = (
  members: 1 | 3,
  suite: (started: () => { mongo: MongoEngine; trial: Trial }) => void,
): void => {
  let mongo: MongoEngine;
  let trial: Trial;
  beforeAll(async () => {
    mongo = await startMongo({ members });
    trial = await startTrial({ counts: {}, environment: { MONGODB_URL: mongo.url } });
  }, 120_000);
  afterAll(async () => {
    await trial?.stop();
    await mongo?.remove();
  }, 60_000);
  suite(() => ({ mongo, trial }));
};

/** Does it under load, and waits until everything works again. */
const survive = async (trial: Trial, what: string, act: () => Promise<void>): Promise<void> => {
  const { distributed, load } = trial;
  for (let round = 0; round < rounds; round += 1) {
    const [wishes, unanswered] = [load.wishes, load.unanswered];
    load.start();
    await load.until(50);
    await act();
    const since = performance.now();
    await load.until(30);
    const answeredMs = Math.round(performance.now() - since);
    const readyMs = await Promise.all(
      distributed.instances.map((each) =>
        until(`${each.service} is ready`, async () => (await readiness(each)).ok),
      ),
    );
    const proof = await trial.proven();
    console.log(
      `${what}: ${load.wishes - wishes} session requests, ${load.unanswered - unanswered} answers cut off; 30 more were answered ` +
        `within ${answeredMs} ms, all services ready ${Math.max(...readyMs)} ms later, caught up after ${proof.caughtUpMs} ms; ` +
        `${proof.repeats} repeats in Kafka`,
    );
  }
};

describeWithOwn('mongodb', 'MongoDB', () => {
  describeWithServer('KAFKA_BROKERS', 'of one member', () => {
    onMongo(1, (started) => {
      it('that is killed under load, and started again', async () => {
        const { mongo, trial } = started();
        await survive(trial, 'MongoDB killed', async () => {
          await mongo.kill();
          const unready = ['gateway', 'notifications', 'expiry'] as const;
          const saidMs = await Promise.all(
            unready
              .flatMap((service) => trial.distributed.of(service))
              .map((each) => until(`${each.service} says so`, async () => !(await readiness(each)).ok)),
          );
          console.log(`Without MongoDB, the services say so after ${Math.max(...saidMs)} ms`);
          await mongo.start();
        });
      }, 180_000);
    });
  });

  describeWithServer('KAFKA_BROKERS', 'of three members', () => {
    onMongo(3, (started) => {
      it('whose primary steps down under load', async () => {
        const { mongo, trial } = started();
        await survive(trial, 'the primary stepped down', async () => {
          await mongo.stepDown();
        });
      }, 180_000);

      it('whose primary is killed under load', async () => {
        const { mongo, trial } = started();
        await survive(trial, 'the primary was killed', async () => {
          const primary = await mongo.primary();
          await primary.kill();
        });
        await mongo.start();
      }, 180_000);
    });
  });
});
