// cspell:words COLLSCAN IDHACK IXSCAN
import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { ensureMongoReadModels, generationOf, type Generation } from './generations.ts';
import { notificationsBetween } from './live-updates.ts';
import { toNotificationDocument, toRequestDocument } from './read-models-documents.ts';
import { questions } from './read-models-queries.ts';
import { writeNotifications, writeRequests } from './read-models-writes.ts';
import { mongoDatabases } from './testing/databases.ts';
import { notificationOf, recordOf, slotOn } from './testing/samples.ts';

/** Every stage of a plan, wherever it is nested. */
const stagesOf = (plan: unknown): string[] => {
  if (Array.isArray(plan)) return plan.flatMap(stagesOf);
  if (typeof plan !== 'object' || plan === null) return [];
  const own = 'stage' in plan && typeof plan.stage === 'string' ? [plan.stage] : [];
  // Sorting in the aggregation pipeline names itself otherwise.
  const sorts = '$sort' in plan ? ['SORT'] : [];
  return [...own, ...sorts, ...Object.entries(plan).flatMap(([, part]) => stagesOf(part))];
};

interface Explained {
  readonly queryPlanner: { readonly winningPlan: unknown };
  readonly executionStats: { readonly totalKeysExamined: number; readonly totalDocsExamined: number };
}

/** What the server did: the winning plan, and how much it looked at. */
const explained = async (cursor: { explain(verbosity: 'executionStats'): Promise<unknown> }) => {
  const whole = (await cursor.explain('executionStats')) as
    Explained | { stages: [{ $cursor: Explained }, ...unknown[]] };
  const { queryPlanner, executionStats } = 'stages' in whole ? whole.stages[0].$cursor : whole;
  return {
    stages: stagesOf([queryPlanner.winningPlan, 'stages' in whole ? whole.stages : []]),
    keys: executionStats.totalKeysExamined,
    documents: executionStats.totalDocsExamined,
  };
};

describeWithServer('MONGODB_URL', 'query plans of the read models in MongoDB', (url) => {
  const databases = mongoDatabases(url);
  let generation: Generation;
  const total = 400;
  beforeAll(async () => {
    const db = await databases.fresh();
    await ensureMongoReadModels(db);
    generation = generationOf(db, 1);
    const records = Array.from({ length: total }, (_, index) =>
      recordOf(`r${index}`, index + 1, {
        coachId: `coach ${index % 40}`,
        slot: slotOn(1 + (index % 28)),
        // Every fourth has an open change.
        ...(index % 4 === 0 && { agreed: slotOn(28), slot: slotOn(28) }),
      }),
    );
    await writeRequests(generation, records.map(toRequestDocument));
    await writeNotifications(
      generation,
      records.map((record) => toNotificationDocument(notificationOf(record, record.state.coachId))),
    );
  });

  const participantId = 'coach 4';
  const from = '2026-11-05T00:00:00.000Z';
  const to = '2026-11-12T00:00:00.000Z';
  const now = '2026-11-01T00:00:00.000Z';
  const place = { startsAt: slotOn(6).startsAt, requestId: 'r1' };
  const pending = { until: '2026-11-05T09:00:00.000Z', requestId: 'r1' };
  const statuses = ['pending', 'accepted'] as const;
  const limit = 50;
  const asked: Record<string, (of: Generation) => Parameters<typeof explained>[0]> = {
    find: (of) => questions.find(of, 'r7'),
    load: (of) => questions.load(of, ['r7', 'r8', 'unknown']),
    calendar: (of) => questions.calendar(of, { participantId, limit }),
    'calendar, next page': (of) => questions.calendar(of, { participantId, statuses, after: place, limit }),
    'calendar of a span': (of) => questions.narrowInSpan(of, { participantId, from, to, limit }),
    'calendar of a span, next page': (of) =>
      questions.narrowInSpan(of, { participantId, from, to, statuses, after: place, limit }),
    'calendar to an instant': (of) => questions.narrowInSpan(of, { participantId, to, limit }),
    'changes in a span': (of) => questions.wideInSpan(of, { participantId, from, to, limit }),
    'changes in a span, next page': (of) =>
      questions.wideInSpan(of, { participantId, from, to, statuses, after: place, limit }),
    'pending actions': (of) => questions.pendingActions(of, { participantId, now, limit }),
    'pending actions, next page': (of) =>
      questions.pendingActions(of, { participantId, now, after: pending, limit }),
    'count of pending actions': (of) => questions.countPendingActions(of, { participantId, now }),
    notifications: (of) => questions.notifications(of, { participantId, limit }),
    'notifications, next page': (of) => questions.notifications(of, { participantId, before: 200, limit }),
    'count of notifications': (of) => questions.countNotifications(of, { participantId, after: 20 }),
    'what changed': (of) => questions.changedAfter(of, { participantId, position: 20, limit }, 300),
    'what to tell live': (of) => notificationsBetween(of, 20, 40),
  };

  test.each(Object.entries(asked))(
    '%s: from an index, in its order, without looking at more',
    async (_, ask) => {
      const { stages, keys, documents } = await explained(ask(generation));
      expect(stages).toEqual(
        expect.arrayContaining([expect.stringMatching(/^(IXSCAN|COUNT_SCAN|IDHACK|EXPRESS_IXSCAN)$/)]),
      );
      expect(stages).not.toContain('COLLSCAN');
      expect(stages).not.toContain('SORT');
      // A participant has ten requests.
      expect(keys).toBeLessThan(30);
      expect(documents).toBeLessThan(30);
    },
  );

  describe('would be noticed:', () => {
    test('a collection scan', async () => {
      const { stages, documents } = await explained(generation.requests.find({ recordedAt: 'x' }));
      expect(stages).toContain('COLLSCAN');
      expect(documents).toBe(total);
    });

    test('sorting', async () => {
      const { stages } = await explained(
        generation.requests.find({ participants: 'coach 4' }).sort({ recordedAt: 1 }),
      );
      expect(stages).toContain('SORT');
    });
  });
});
