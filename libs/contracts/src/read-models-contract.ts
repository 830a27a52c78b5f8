import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionRequest, SessionRequestStatus } from '@hse/session-requests';
import type { NotificationRecord, ReadModels, SessionRequestRecord } from './read-models.ts';

const day = (dayOfMonth: number, time = '09:00'): string =>
  `2026-11-${String(dayOfMonth).padStart(2, '0')}T${time}:00.000Z`;
const slotOn = (dayOfMonth: number, from = '09:00', to = '10:00') => ({
  startsAt: day(dayOfMonth, from),
  endsAt: day(dayOfMonth, to),
});

/** With whatever a text can hold: quotes, a line break, NUL, half a character. */
const note = 'Ein „Wort"\' vorab\n\u0000 😀 \ud83d.';

/** A pending request by a client; `state` replaces parts of it. */
const record = (
  requestId: string,
  position: number,
  { revision = 0, ...state }: Partial<SessionRequest> = {},
): SessionRequestRecord => {
  const slot = state.slot ?? slotOn(10);
  return {
    position,
    recordedAt: day(1, '08:00'),
    state: {
      requestId,
      coachId: 'coach',
      clientId: 'client',
      requestedBy: 'client',
      revision,
      round: 1,
      slot,
      proposal: {
        slot,
        note,
        proposedBy: 'client',
        awaiting: 'coach',
        respondBy: day(5),
        round: 1,
        policyId: 'p',
      },
      ...state,
    },
  };
};

const without = (of: SessionRequestRecord, part: 'proposal'): SessionRequestRecord => {
  const { [part]: _, ...state } = of.state;
  return { ...of, state };
};

const accepted = (
  requestId: string,
  position: number,
  slot = slotOn(10),
  revision = 1,
): SessionRequestRecord => without(record(requestId, position, { revision, slot, agreed: slot }), 'proposal');

const adjusting = (
  requestId: string,
  position: number,
  agreed: SessionRequest['slot'],
  proposed: SessionRequest['slot'],
) => {
  const before = record(requestId, position, { slot: proposed });
  const proposal = before.state.proposal as NonNullable<SessionRequest['proposal']>;
  return {
    ...before,
    state: {
      ...before.state,
      slot: agreed,
      agreed,
      revision: 2,
      round: 2,
      proposal: { ...proposal, round: 2 },
    },
  };
};

const closed = (requestId: string, position: number, slot = slotOn(10)): SessionRequestRecord =>
  without(
    record(requestId, position, {
      revision: 1,
      slot,
      outcome: { status: 'rejected', by: 'coach', reason: 'no' },
    }),
    'proposal',
  );

const notification = (requestId: string, position: number, participantId = 'coach'): NotificationRecord => ({
  participantId,
  position,
  requestId,
  revision: 0,
  recordedAt: day(1, '08:00'),
  event: {
    type: 'SessionRequested',
    data: {
      requestId,
      coachId: 'coach',
      clientId: 'client',
      requestedBy: 'client',
      slot: slotOn(10),
      note,
      awaiting: 'coach',
      respondBy: day(5),
      policyId: 'p',
      round: 1,
    },
  },
});

const ids = (records: readonly SessionRequestRecord[]): string[] =>
  records.map(({ state }) => state.requestId);

/** What all read models do. `open` gives empty ones each time; `reopen`, what the last ones held when they were closed. */
export const readModelsContract = (
  name: string,
  adapter: { open: () => Promise<ReadModels>; reopen?: () => Promise<ReadModels> },
): void => {
  describe(`read models contract: ${name}`, () => {
    let models: ReadModels;
    beforeEach(async () => {
      models = await adapter.open();
    });
    afterEach(async () => {
      await models.close();
    });

    const put = async (...records: SessionRequestRecord[]): Promise<void> => {
      const checkpoint = Math.max(0, ...records.map(({ position }) => position));
      await models.apply({ records, notifications: [], checkpoint });
    };

    test('are empty at first', async () => {
      expect(await models.checkpoint()).toBe(0);
      expect(await models.find('a')).toBeUndefined();
      expect(await models.load(['a'])).toEqual([]);
      expect(await models.calendar({ participantId: 'coach', limit: 9 })).toEqual([]);
      expect(await models.pendingActions({ participantId: 'coach', now: day(1), limit: 9 })).toEqual([]);
      expect(await models.countPendingActions({ participantId: 'coach', now: day(1) })).toBe(0);
      expect(await models.notifications({ participantId: 'coach', limit: 9 })).toEqual([]);
      expect(await models.countNotifications({ participantId: 'coach', after: 0 })).toBe(0);
      expect(await models.changedAfter({ participantId: 'coach', position: 0, limit: 9 })).toEqual([]);
    });

    describe('records', () => {
      test('come back exactly as they went in, whatever their state', async () => {
        const all = [
          record('pending', 1),
          accepted('accepted', 2),
          adjusting('adjusting', 3, slotOn(10), slotOn(11)),
          closed('closed', 4),
          {
            ...record('traced', 5),
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          },
        ];
        await put(...all);
        for (const each of all) expect(await models.find(each.state.requestId)).toEqual(each);
        const shown = await models.calendar({ participantId: 'client', limit: 9 });
        expect(shown).toHaveLength(all.length);
        expect(shown).toEqual(expect.arrayContaining(all));
      });

      test('are loaded by id, those that exist', async () => {
        await put(record('a', 1), record('b', 2), record('c', 3));
        const loaded = await models.load(['c', 'unknown', 'a']);
        expect(loaded).toHaveLength(2);
        expect(loaded).toEqual(expect.arrayContaining([record('a', 1), record('c', 3)]));
        expect(await models.load([])).toEqual([]);
      });

      test('are replaced by newer ones, in later batches and in the same', async () => {
        await put(record('a', 1));
        await put(accepted('a', 2));
        expect(await models.find('a')).toEqual(accepted('a', 2));
        await put(record('b', 3), accepted('b', 4));
        expect(await models.find('b')).toEqual(accepted('b', 4));
      });

      test('stay when the same revision or an older one comes', async () => {
        await put(accepted('a', 2));
        await put(accepted('a', 2, slotOn(20)), record('a', 1));
        expect(await models.find('a')).toEqual(accepted('a', 2));
        await put(accepted('b', 4), record('b', 3));
        expect(await models.find('b')).toEqual(accepted('b', 4));
      });

      test('leave every list that their newer state does not belong to', async () => {
        await put(record('a', 1));
        await put(accepted('a', 2, slotOn(20)));
        expect(await models.countPendingActions({ participantId: 'coach', now: day(1) })).toBe(0);
        expect(
          await models.calendar({ participantId: 'coach', from: day(10, '00:00'), to: day(11), limit: 9 }),
        ).toEqual([]);
        expect(
          ids(
            await models.calendar({ participantId: 'coach', from: day(20, '00:00'), to: day(21), limit: 9 }),
          ),
        ).toEqual(['a']);
      });
    });

    describe('batches', () => {
      test('move the checkpoint, also without records, and never back', async () => {
        await models.apply({ records: [], notifications: [], checkpoint: 12 });
        expect(await models.checkpoint()).toBe(12);
        await models.apply({ records: [], notifications: [], checkpoint: 11 });
        expect(await models.checkpoint()).toBe(12);
      });

      test('are applied altogether or not at all, checkpoint included', async () => {
        await put(record('a', 1));
        const impossible = { ...record('c', 3), state: null } as unknown as SessionRequestRecord;
        await expect(
          models.apply({
            records: [record('b', 2), accepted('a', 3), impossible],
            notifications: [notification('a', 2)],
            checkpoint: 3,
          }),
        ).rejects.toThrow();
        expect(await models.checkpoint()).toBe(1);
        expect(await models.find('a')).toEqual(record('a', 1));
        expect(await models.find('b')).toBeUndefined();
        expect(await models.countNotifications({ participantId: 'coach', after: 0 })).toBe(0);
      });

      test('that failed can be applied again with what they should have been', async () => {
        const impossible = { ...record('x', 3), state: null } as unknown as SessionRequestRecord;
        const other = record('a', 1, { coachId: 'another coach' });
        await expect(
          models.apply({ records: [other, impossible], notifications: [], checkpoint: 3 }),
        ).rejects.toThrow();
        await put(record('b', 1), other);
        expect(await models.find('a')).toEqual(other);
        expect(await models.find('b')).toEqual(record('b', 1));
        expect(ids(await models.calendar({ participantId: 'another coach', limit: 9 }))).toEqual(['a']);
      });

      test('with a notification about a request that has no record are refused', async () => {
        const lost = { records: [], notifications: [notification('nowhere', 1)], checkpoint: 1 };
        await expect(models.apply(lost)).rejects.toThrow('nowhere');
        expect(await models.checkpoint()).toBe(0);
      });

      test('of thousands of records are applied', async () => {
        const many = Array.from({ length: 3000 }, (_, index) => record(`r${index}`, index + 1));
        await put(...many);
        expect(await models.countPendingActions({ participantId: 'coach', now: day(1) })).toBe(3000);
        expect(await models.load(many.map(({ state }) => state.requestId))).toHaveLength(3000);
      });
    });

    describe('calendar', () => {
      const span = async (from: string | undefined, to: string | undefined, participantId = 'client') =>
        ids(await models.calendar({ participantId, ...(from && { from }), ...(to && { to }), limit: 100 }));

      test('shows a participant their own, as coach or as client, and nobody else any', async () => {
        await put(
          record('a', 1),
          record('b', 2, { coachId: 'other coach' }),
          record('c', 3, { clientId: 'other client' }),
        );
        expect(await span(undefined, undefined, 'coach')).toEqual(['a', 'c']);
        expect(await span(undefined, undefined, 'client')).toEqual(['a', 'b']);
        expect(await span(undefined, undefined, 'stranger')).toEqual([]);
        expect(await span(day(1), day(30), 'stranger')).toEqual([]);
      });

      test('is ordered by start of the slot, then by id', async () => {
        await put(
          accepted('c', 1, slotOn(11)),
          record('b', 2, { slot: slotOn(10) }),
          closed('d', 3, slotOn(9)),
          record('a', 4, { slot: slotOn(10) }),
        );
        expect(await span(undefined, undefined)).toEqual(['d', 'a', 'b', 'c']);
        expect(await span(day(1), day(30))).toEqual(['d', 'a', 'b', 'c']);
      });

      test('pages through ties without gap or repeat', async () => {
        const all = Array.from({ length: 23 }, (_, index) =>
          record(`r${String(index).padStart(2, '0')}`, index + 1, { slot: slotOn(10 + (index % 3)) }),
        );
        await put(...all);
        const expected = [...all]
          .sort((a, b) =>
            a.state.slot.startsAt + a.state.requestId < b.state.slot.startsAt + b.state.requestId ? -1 : 1,
          )
          .map(({ state }) => state.requestId);
        for (const bounds of [{}, { from: day(1), to: day(30) }]) {
          const seen: string[] = [];
          for (let after: { startsAt: string; requestId: string } | undefined; ;) {
            const page = await models.calendar({
              participantId: 'client',
              ...bounds,
              ...(after && { after }),
              limit: 4,
            });
            seen.push(...ids(page));
            const last = page.at(-1);
            if (!last) break;
            after = { startsAt: last.state.slot.startsAt, requestId: last.state.requestId };
          }
          expect(seen).toEqual(expected);
        }
      });

      test('goes on after a place whose request has gone elsewhere', async () => {
        await put(record('a', 1, { slot: slotOn(10) }), record('c', 2, { slot: slotOn(10) }));
        const after = { startsAt: slotOn(10).startsAt, requestId: 'b' };
        expect(ids(await models.calendar({ participantId: 'client', after, limit: 9 }))).toEqual(['c']);
      });

      test('with bounds shows what overlaps them: from is inclusive, to exclusive, touching is no overlap', async () => {
        await put(record('a', 1, { slot: slotOn(10, '09:00', '10:00') }));
        expect(await span(day(10, '09:00'), day(10, '10:00'))).toEqual(['a']);
        expect(await span(day(10, '09:59'), day(10, '23:00'))).toEqual(['a']);
        expect(await span(day(10, '10:00'), day(10, '23:00'))).toEqual([]);
        expect(await span(day(10, '00:00'), day(10, '09:00'))).toEqual([]);
        expect(await span(day(10, '00:00'), '2026-11-10T09:00:00.001Z')).toEqual(['a']);
        expect(await span('2026-11-10T09:59:59.999Z', day(10, '23:00'))).toEqual(['a']);
        expect(await span(day(10, '09:20'), day(10, '09:40'))).toEqual(['a']);
      });

      test('with one bound is open at the other end', async () => {
        await put(record('a', 1, { slot: slotOn(10) }), record('b', 2, { slot: slotOn(12) }));
        expect(await span(day(11), undefined)).toEqual(['b']);
        expect(await span(undefined, day(11))).toEqual(['a']);
      });

      test('finds a long slot that began long before the span, among short ones', async () => {
        await put(
          accepted('long', 1, { startsAt: day(2), endsAt: day(20) }),
          accepted('short', 2, slotOn(3)),
          accepted('in it', 3, slotOn(15)),
        );
        expect(await span(day(15), day(16))).toEqual(['long', 'in it']);
        expect(await span(day(16), day(17))).toEqual(['long']);
      });

      test('shows a change where either the agreed or the proposed slot overlaps, once, in the place of the agreed one', async () => {
        await put(
          adjusting('moving', 1, slotOn(20), slotOn(10)),
          accepted('fixed', 2, slotOn(15)),
          adjusting('near', 3, slotOn(10, '09:00', '10:00'), slotOn(10, '09:30', '10:30')),
        );
        expect(await span(day(10, '00:00'), day(11))).toEqual(['near', 'moving']);
        expect(await span(day(10, '10:00'), day(11))).toEqual(['near']);
        expect(await span(day(20, '00:00'), day(21))).toEqual(['moving']);
        expect(await span(day(9), day(25))).toEqual(['near', 'fixed', 'moving']);
        expect(await span(day(11), day(14))).toEqual([]);
      });

      test('shows a closed request where its last slot was', async () => {
        await put(closed('a', 1, slotOn(10)));
        expect(await span(day(10, '00:00'), day(11))).toEqual(['a']);
      });

      test('shows only the statuses asked for, and pages by what it shows', async () => {
        await put(
          record('pending', 1, { slot: slotOn(10) }),
          accepted('accepted', 2, slotOn(11)),
          adjusting('adjusting', 3, slotOn(12), slotOn(13)),
          closed('rejected', 4, slotOn(14)),
          without(
            record('cancelled', 5, {
              slot: slotOn(15),
              outcome: { status: 'cancelled', by: 'system', cause: 'no-response' },
            }),
            'proposal',
          ),
        );
        const by = async (statuses: SessionRequestStatus[], limit = 9) => [
          ids(await models.calendar({ participantId: 'coach', statuses, limit })),
          ids(await models.calendar({ participantId: 'coach', statuses, from: day(1), to: day(30), limit })),
        ];
        for (const status of ['pending', 'accepted', 'adjusting', 'rejected', 'cancelled'] as const)
          expect(await by([status])).toEqual([[status], [status]]);
        expect(await by(['cancelled', 'accepted'], 1)).toEqual([['accepted'], ['accepted']]);
        expect(await by([])).toEqual([[], []]);
      });

      test('holds years of instants', async () => {
        const slot = { startsAt: '2226-01-01T00:00:00.000Z', endsAt: '2226-01-01T01:00:00.000Z' };
        const early = { startsAt: '1969-12-31T23:30:00.000Z', endsAt: '1970-01-01T00:30:00.000Z' };
        await put(accepted('far', 1, slot), accepted('early', 2, early));
        expect(await span(undefined, undefined)).toEqual(['early', 'far']);
        expect(await span('1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.001Z')).toEqual(['early']);
      });
    });

    describe('pending actions', () => {
      const until = (
        requestId: string,
        position: number,
        respondBy: string,
        awaiting: 'coach' | 'client' = 'coach',
      ) => {
        const before = record(requestId, position);
        const proposal = {
          ...(before.state.proposal as NonNullable<SessionRequest['proposal']>),
          respondBy,
          awaiting,
        };
        return { ...before, state: { ...before.state, proposal } };
      };

      test('are those that await this participant, soonest deadline first, then by id', async () => {
        await put(
          until('c', 1, day(5)),
          until('b', 2, day(6)),
          until('a', 3, day(6)),
          until('mine', 4, day(4), 'client'),
          accepted('d', 5),
        );
        const pending = await models.pendingActions({ participantId: 'coach', now: day(1), limit: 9 });
        expect(ids(pending)).toEqual(['c', 'a', 'b']);
        expect(pending[0]).toEqual(until('c', 1, day(5)));
        expect(ids(await models.pendingActions({ participantId: 'client', now: day(1), limit: 9 }))).toEqual([
          'mine',
        ]);
        expect(await models.countPendingActions({ participantId: 'coach', now: day(1) })).toBe(3);
        expect(await models.countPendingActions({ participantId: 'stranger', now: day(1) })).toBe(0);
      });

      test('end exactly at the deadline', async () => {
        await put(until('a', 1, day(5)));
        const at = async (now: string) => [
          ids(await models.pendingActions({ participantId: 'coach', now, limit: 9 })),
          await models.countPendingActions({ participantId: 'coach', now }),
        ];
        expect(await at('2026-11-05T08:59:59.999Z')).toEqual([['a'], 1]);
        expect(await at(day(5))).toEqual([[], 0]);
        expect(await at('2026-11-05T09:00:00.001Z')).toEqual([[], 0]);
      });

      test('end at the start of the agreed slot where that comes before the deadline', async () => {
        await put(adjusting('a', 1, slotOn(4), slotOn(20)));
        expect(await models.countPendingActions({ participantId: 'coach', now: day(4, '08:59') })).toBe(1);
        expect(await models.countPendingActions({ participantId: 'coach', now: day(4) })).toBe(0);
      });

      test('page through ties without gap or repeat', async () => {
        const names = Array.from({ length: 11 }, (_, index) => `r${String(index).padStart(2, '0')}`);
        await put(...names.map((each, index) => until(each, index + 1, day(index < 7 ? 5 : 6))).reverse());
        const seen: string[] = [];
        for (let after: { until: string; requestId: string } | undefined; ;) {
          const page = await models.pendingActions({
            participantId: 'coach',
            now: day(1),
            ...(after && { after }),
            limit: 3,
          });
          seen.push(...ids(page));
          const last = page.at(-1);
          if (!last) break;
          after = { until: last.state.proposal?.respondBy ?? '', requestId: last.state.requestId };
        }
        expect(seen).toEqual(names);
      });
    });

    describe('notifications', () => {
      const tell = (...notifications: NotificationRecord[]) =>
        models.apply({
          records: notifications.map(({ requestId, position }) => record(requestId, position)),
          notifications,
          checkpoint: Math.max(...notifications.map(({ position }) => position)),
        });
      const positions = (notifications: readonly NotificationRecord[]) =>
        notifications.map(({ position }) => position);

      test('come back exactly as they went in, newest first, to whom they are for', async () => {
        await tell(
          notification('a', 1),
          notification('b', 2),
          notification('b', 2, 'client'),
          notification('c', 5),
        );
        expect(await models.notifications({ participantId: 'coach', limit: 9 })).toEqual([
          notification('c', 5),
          notification('b', 2),
          notification('a', 1),
        ]);
        expect(await models.notifications({ participantId: 'client', limit: 9 })).toEqual([
          notification('b', 2, 'client'),
        ]);
        expect(await models.notifications({ participantId: 'stranger', limit: 9 })).toEqual([]);
      });

      test('page by position', async () => {
        await tell(...[1, 2, 3, 5, 8].map((position) => notification(`r${position}`, position)));
        expect(positions(await models.notifications({ participantId: 'coach', limit: 2 }))).toEqual([8, 5]);
        expect(
          positions(await models.notifications({ participantId: 'coach', before: 5, limit: 2 })),
        ).toEqual([3, 2]);
        expect(
          positions(await models.notifications({ participantId: 'coach', before: 2, limit: 2 })),
        ).toEqual([1]);
        expect(
          positions(await models.notifications({ participantId: 'coach', before: 1, limit: 2 })),
        ).toEqual([]);
      });

      test('are counted after a position, for each participant', async () => {
        await tell(
          notification('a', 1),
          notification('b', 2),
          notification('b', 2, 'client'),
          notification('c', 3),
        );
        const count = (participantId: string, after: number) =>
          models.countNotifications({ participantId, after });
        expect(
          await Promise.all([count('coach', 0), count('coach', 1), count('coach', 2), count('coach', 3)]),
        ).toEqual([3, 2, 1, 0]);
        expect(await Promise.all([count('client', 0), count('client', 1), count('client', 2)])).toEqual([
          1, 1, 0,
        ]);
      });

      test('that come twice are kept once, as they were', async () => {
        await tell(notification('a', 1));
        await tell({ ...notification('a', 1), recordedAt: day(2) });
        expect(await models.notifications({ participantId: 'coach', limit: 9 })).toEqual([
          notification('a', 1),
        ]);
      });
    });

    describe('what changed after a position', () => {
      test('is each request once, by its latest event, in the order of those events', async () => {
        await put(record('a', 1), record('b', 2), record('c', 3));
        await put(accepted('a', 4));
        const changed = async (position: number, limit = 9, participantId = 'client') =>
          ids(await models.changedAfter({ participantId, position, limit }));
        expect(await changed(0)).toEqual(['b', 'c', 'a']);
        expect(await changed(2)).toEqual(['c', 'a']);
        expect(await changed(0, 2)).toEqual(['b', 'c']);
        expect(await changed(4)).toEqual([]);
        expect(await changed(0, 9, 'coach')).toEqual(['b', 'c', 'a']);
        expect(await changed(0, 9, 'stranger')).toEqual([]);
      });
    });

    const { reopen } = adapter;
    if (reopen)
      test('are there when they are opened again', async () => {
        await models.apply({
          records: [record('a', 1)],
          notifications: [notification('a', 1)],
          checkpoint: 6,
        });
        await models.close();
        models = await reopen();
        expect(await models.checkpoint()).toBe(6);
        expect(await models.find('a')).toEqual(record('a', 1));
        expect(await models.notifications({ participantId: 'coach', limit: 9 })).toEqual([
          notification('a', 1),
        ]);
        await put(accepted('a', 7));
        expect(await models.find('a')).toEqual(accepted('a', 7));
      });
  });
};
