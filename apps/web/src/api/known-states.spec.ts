import { describe, expect, it } from '@jest/globals';
import { QueryClient } from '@tanstack/react-query';
import fc from 'fast-check';
import type { Me, SessionRequest } from './client.ts';
import {
  keys,
  listWithNews,
  meWithNews,
  shownState,
  stateWithNews,
  tellPendingCount,
  tellState,
} from './known-states.ts';

const party = (id: string) => ({ id, name: id, timeZone: 'UTC' });

/** A pending request on this day of March, whose deadline is the day before. */
const state = (
  id: string,
  revision: number,
  { day = 10, awaitsMe = true }: { readonly day?: number; readonly awaitsMe?: boolean } = {},
): SessionRequest => {
  const on = (number: number, hour: number): string =>
    `2026-03-${String(number).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const slot = { startsAt: on(day, 9), endsAt: on(day, 10) };
  return {
    id,
    revision,
    status: 'pending',
    coach: party('coach'),
    client: party('client'),
    requestedBy: 'client',
    slot,
    agreed: null,
    proposal: {
      ...slot,
      proposedBy: awaitsMe ? 'client' : 'coach',
      awaiting: awaitsMe ? 'coach' : 'client',
      respondBy: on(day - 1, 9),
      round: revision + 1,
      policyId: 'policy',
    },
    outcome: null,
    allowedActions: awaitsMe ? ['accept', 'adjust', 'reject'] : ['adjust', 'cancel-session'],
  };
};

const week = ['2026-03-08T00:00:00.000Z', '2026-03-15T00:00:00.000Z'] as const;
const calendar = keys.calendar(...week);

const newClient = (): QueryClient => new QueryClient({ defaultOptions: { queries: { retry: false } } });

/** Asks for a list; the answer comes when it is given. */
const ask = (client: QueryClient, queryKey: readonly string[]) => {
  const { promise, resolve } = Promise.withResolvers<readonly SessionRequest[]>();
  const shown = client.query({
    queryKey,
    queryFn: ({ client: of }) => listWithNews(of, queryKey, () => promise),
    staleTime: 0,
  });
  return {
    answer: async (list: readonly SessionRequest[]) => {
      resolve(list);
      return shown;
    },
  };
};

const shownIn = (client: QueryClient, key: readonly string[]): readonly SessionRequest[] =>
  client.getQueryData<readonly SessionRequest[]>(key) ?? [];

const brief = (list: readonly SessionRequest[]) => list.map(({ id, revision }) => `${id}@${revision}`);

describe('a list', () => {
  it('that was asked for before a change and arrives after it shows the change', async () => {
    const client = newClient();
    const asked = ask(client, calendar);
    tellState(client, state('a', 1));
    expect(brief(await asked.answer([state('a', 0), state('b', 0)]))).toEqual(['a@1', 'b@0']);
  });

  it('gets no change put in that was told before it was asked for, and that it knows nothing of', async () => {
    const client = newClient();
    tellState(client, state('a', 1));
    expect(brief(await ask(client, calendar).answer([]))).toEqual([]);
  });

  it('of a server that is behind does not take back what was told', async () => {
    const client = newClient();
    tellState(client, state('a', 2, { awaitsMe: false }));
    expect(brief(await ask(client, calendar).answer([state('a', 1)]))).toEqual(['a@2']);
    expect(brief(await ask(client, keys.pending).answer([state('a', 1)]))).toEqual([]);
  });

  it('loses a session that moved out of its time, and gets one that moved into it, in order', async () => {
    const client = newClient();
    await ask(client, calendar).answer([state('a', 0, { day: 9 }), state('c', 0, { day: 11 })]);
    tellState(client, state('a', 1, { day: 20 }));
    expect(brief(shownIn(client, calendar))).toEqual(['c@0']);
    tellState(client, state('b', 3, { day: 10 }));
    tellState(client, state('a', 2, { day: 12 }));
    expect(brief(shownIn(client, calendar))).toEqual(['b@3', 'c@0', 'a@2']);
  });

  it('holds what overlaps its time, and not what only touches it', async () => {
    const client = newClient();
    await ask(client, calendar).answer([]);
    const until = (id: string, startsAt: string, endsAt: string): SessionRequest => ({
      ...state(id, 0),
      slot: { startsAt, endsAt },
    });
    tellState(client, until('ends as it begins', '2026-03-07T23:00:00.000Z', week[0]));
    tellState(client, until('reaches into it', '2026-03-07T23:00:00.000Z', '2026-03-08T00:00:00.001Z'));
    tellState(client, until('begins as it ends', week[1], '2026-03-15T01:00:00.000Z'));
    expect(shownIn(client, calendar).map(({ id }) => id)).toEqual(['reaches into it']);
  });

  it('has sessions that begin together in the order of the server', async () => {
    const client = newClient();
    await ask(client, calendar).answer([state('a', 0), state('c', 0)]);
    tellState(client, state('b', 0));
    expect(brief(shownIn(client, calendar))).toEqual(['a@0', 'b@0', 'c@0']);
  });

  it('of pending actions is by the end of the time to answer, which the start of an agreed slot may be', async () => {
    const client = newClient();
    await ask(client, keys.pending).answer([state('a', 0, { day: 10 })]);
    const moved = state('b', 4, { day: 14 });
    tellState(client, {
      ...moved,
      status: 'adjusting',
      agreed: { startsAt: '2026-03-08T09:00:00.000Z', endsAt: '2026-03-08T10:00:00.000Z' },
    });
    expect(brief(shownIn(client, keys.pending))).toEqual(['b@4', 'a@0']);
    tellState(client, state('b', 5, { awaitsMe: false }));
    expect(brief(shownIn(client, keys.pending))).toEqual(['a@0']);
  });

  it('follows what may be done, of which the time decides, at the same revision', async () => {
    const client = newClient();
    await ask(client, keys.pending).answer([state('a', 1)]);
    tellState(client, { ...state('a', 1), allowedActions: [] });
    expect(shownIn(client, keys.pending)).toEqual([]);
  });
});

describe('a single state', () => {
  it('is the newest of all that is shown', async () => {
    const client = newClient();
    expect(shownState(client, 'a')).toBeUndefined();
    client.setQueryData(keys.session('a'), state('a', 1));
    await ask(client, calendar).answer([state('a', 2)]);
    expect(shownState(client, 'a')).toEqual(state('a', 2));
    expect(client.getQueryData(keys.session('a'))).toEqual(state('a', 2));
    tellState(client, state('a', 3));
    expect(shownState(client, 'a')).toEqual(state('a', 3));
    tellState(client, state('a', 1));
    expect(shownState(client, 'a')).toEqual(state('a', 3));
  });

  it('that was asked for is shown in the lists too, and gives way to what is newer', async () => {
    const client = newClient();
    await ask(client, calendar).answer([state('a', 1)]);
    await stateWithNews(client, () => Promise.resolve(state('a', 2)));
    expect(brief(shownIn(client, calendar))).toEqual(['a@2']);
    expect(await stateWithNews(client, () => Promise.resolve(state('a', 1)))).toEqual(state('a', 2));
    expect(brief(shownIn(client, calendar))).toEqual(['a@2']);
  });
});

it('keeps what was told to one client from another', async () => {
  const [mine, yours] = [newClient(), newClient()];
  const asked = ask(yours, calendar);
  tellState(mine, state('a', 1));
  expect(brief(await asked.answer([]))).toEqual([]);
  expect(shownState(yours, 'a')).toBeUndefined();
});

it('shows the count of pending actions that was told last, whatever an older answer says', async () => {
  const client = newClient();
  const me = (pendingActions: number): Me =>
    ({ ...party('coach'), role: 'coach', pendingActions }) as unknown as Me;
  const { promise, resolve } = Promise.withResolvers<Me>();
  const asked = meWithNews(client, () => promise);
  tellPendingCount(client, 2);
  resolve(me(1));
  expect(await asked).toEqual(me(2));
  expect(await meWithNews(client, () => Promise.resolve(me(0)))).toEqual(me(0));
});

describe('for any interleaving of changes, events and answers', () => {
  const lists = [calendar, keys.pending] as const;
  const ids = ['a', 'b', 'c'] as const;
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('change' as const),
      id: fc.constantFrom(...ids),
      day: fc.integer({ min: 6, max: 17 }),
      awaitsMe: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('event' as const) }),
    fc.record({ kind: fc.constant('ask' as const), list: fc.constantFrom(0, 1) }),
    fc.record({ kind: fc.constant('look' as const) }),
    fc.record({ kind: fc.constant('answer' as const) }),
  );

  it('no list goes back, and in the end each shows exactly what there is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const client = newClient();
        const server = new Map<string, SessionRequest>();
        const events: SessionRequest[] = [];
        const asked: { of: number; asking: ReturnType<typeof ask>; seen?: readonly SessionRequest[] }[] = [];
        const truth = (of: number): readonly SessionRequest[] => {
          const belongs = ({ slot, allowedActions }: SessionRequest): boolean =>
            of === 0 ? slot.startsAt < week[1] && slot.endsAt > week[0] : allowedActions.includes('accept');
          return [...server.values()]
            .filter(belongs)
            .sort((a, b) => (a.slot.startsAt + a.id < b.slot.startsAt + b.id ? -1 : 1));
        };
        const highest = [new Map<string, number>(), new Map<string, number>()];
        const isShownOnlyForwards = (): void => {
          for (const [of, key] of lists.entries())
            for (const { id, revision } of shownIn(client, key)) {
              expect(revision).toBeGreaterThanOrEqual(highest[of]?.get(id) ?? 0);
              highest[of]?.set(id, revision);
            }
        };
        const tell = (): void => {
          const event = events.shift();
          if (!event) return;
          tellState(client, event);
          for (const [of, key] of lists.entries())
            if (client.getQueryData(key))
              expect(shownIn(client, key).filter(({ id }) => id === event.id)).toEqual(
                shownIn(client, key).filter(
                  ({ id, revision }) => id === event.id && revision >= event.revision,
                ),
              );
            else highest[of]?.delete(event.id);
        };
        const answer = async (): Promise<void> => {
          const next = asked.shift();
          if (next) await next.asking.answer(next.seen ?? truth(next.of));
        };
        for (const each of steps) {
          switch (each.kind) {
            case 'change': {
              const changed = state(each.id, (server.get(each.id)?.revision ?? -1) + 1, each);
              server.set(each.id, changed);
              events.push(changed);
              break;
            }
            case 'event':
              tell();
              break;
            case 'ask':
              // One at a time of each, as the query cache has it.
              if (!asked.some(({ of }) => of === each.list))
                asked.push({ of: each.list, asking: ask(client, lists[each.list === 0 ? 0 : 1]) });
              break;
            case 'look': {
              const next = asked.find(({ seen }) => !seen);
              if (next) next.seen = truth(next.of);
              break;
            }
            case 'answer':
              await answer();
          }
          isShownOnlyForwards();
        }
        while (asked.length > 0) await answer();
        while (events.length > 0) tell();
        for (const [of, key] of lists.entries())
          if (client.getQueryData(key)) expect(shownIn(client, key)).toEqual(truth(of));
        client.clear();
      }),
      { numRuns: 500 },
    );
  });
});
