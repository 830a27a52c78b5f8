import { expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { parkedStreamsContract } from '@hse/event-sourcing/testing';
import { openMongoParkedStreams } from './parked-streams.ts';
import { plansOf, withoutAnIndex } from './testing/query-plans.ts';
import { testDatabases } from './testing/test-database.ts';

describeWithServer('MONGODB_URL', 'parked streams in MongoDB', (url) => {
  const databases = testDatabases(url);

  parkedStreamsContract('MongoDB', {
    open: () => openMongoParkedStreams({ db: databases.fresh() }),
    share: () => openMongoParkedStreams({ db: databases.latest() }),
  });

  const stream = {
    group: 'expiry',
    stream: 's',
    partition: 0,
    fromRevision: 0,
    reason: 'a reason',
    attempts: 1,
    parkedAt: '2026-11-22T12:00:00.000Z',
  };

  test('one stream that instances park at the same moment is on the list once', async () => {
    databases.fresh();
    const instances = await Promise.all(
      Array.from({ length: 8 }, async () => openMongoParkedStreams({ db: await databases.elsewhere() })),
    );
    await Promise.all(instances.map((each, attempts) => each.park({ ...stream, attempts })));
    expect(await instances[0]?.list()).toHaveLength(1);
  });

  test('every statement is answered from an index', async () => {
    const db = databases.fresh();
    const parked = await openMongoParkedStreams({ db });
    const plans = await plansOf(databases.client, db, async () => {
      await parked.park(stream);
      await parked.list();
      await parked.list('expiry');
      await parked.decide('expiry', 's', 'retry');
      await parked.unpark('expiry', 's');
    });
    expect(plans).toHaveLength(5);
    expect(withoutAnIndex(plans)).toEqual([]);
  });
});
