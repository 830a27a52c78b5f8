import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Me, SessionRequest } from './client.ts';

/*
 * The query cache, fed by what the live stream and answers to commands tell. A list that was asked for before a change and
 * arrives after it must not bring the old state back, so what is newer than an answer is put into it.
 */

export const keys = {
  me: ['me'],
  pending: ['pending'],
  calendar: (from: string, to: string) => ['calendar', from, to],
  session: (id: string) => ['session', id],
  history: (id: string, revision: number) => ['history', id, revision],
  notifications: ['notifications'],
} as const;

/** Newest state of each request that this page has been told of, with when it was told. */
const known = new Map<string, { readonly state: SessionRequest; readonly at: number }>();
let told = 0;

const isNewer = (state: SessionRequest, than: SessionRequest | undefined): boolean =>
  than === undefined || state.revision >= than.revision;

const startOf = ({ slot }: SessionRequest): string => slot.startsAt;

/** With this state instead of an older one, or put in where it belongs, or taken out where it does not belong. */
const withState = (
  list: readonly SessionRequest[],
  state: SessionRequest,
  belongs: (state: SessionRequest) => boolean,
  orderOf: (state: SessionRequest) => string,
): readonly SessionRequest[] => {
  const present = list.find(({ id }) => id === state.id);
  if (present && !isNewer(state, present)) return list;
  const others = list.filter(({ id }) => id !== state.id);
  if (!belongs(state)) return present ? others : list;
  if (present && orderOf(present) === orderOf(state))
    return list.map((item) => (item === present ? state : item));
  return [...others, state].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : 0));
};

const inRange =
  (from: string, to: string) =>
  ({ slot }: SessionRequest): boolean =>
    slot.startsAt < to && slot.endsAt > from;
const awaitsMe = (state: SessionRequest): boolean => state.allowedActions.includes('accept');
const deadlineOf = (state: SessionRequest): string => state.proposal?.respondBy ?? '';

const updated = (
  key: QueryKey,
  list: readonly SessionRequest[],
  state: SessionRequest,
): readonly SessionRequest[] => {
  const [kind, from, to] = key as readonly [string, string?, string?];
  if (kind === 'pending') return withState(list, state, awaitsMe, deadlineOf);
  return withState(list, state, inRange(from ?? '', to ?? ''), startOf);
};

/** Puts a state into everything that shows it, unless something newer is there. */
export const tellState = (client: QueryClient, state: SessionRequest): void => {
  if (!isNewer(state, known.get(state.id)?.state)) return;
  told += 1;
  known.set(state.id, { state, at: told });
  client.setQueryData(keys.session(state.id), state);
  for (const root of ['pending', 'calendar'])
    for (const [key, list] of client.getQueriesData<readonly SessionRequest[]>({ queryKey: [root] }))
      if (list) client.setQueryData(key, updated(key, list, state));
};

/** The state that this page shows, if it shows one. */
export const shownState = (client: QueryClient, id: string): SessionRequest | undefined => {
  const alone = client.getQueryData<SessionRequest>(keys.session(id));
  if (alone) return alone;
  for (const root of ['pending', 'calendar'])
    for (const [, list] of client.getQueriesData<readonly SessionRequest[]>({ queryKey: [root] })) {
      const found = list?.find((item) => item.id === id);
      if (found) return found;
    }
  return undefined;
};

/** Asks, and puts into the answer what has been told in the meantime. */
export const listWithNews = async (
  key: QueryKey,
  ask: () => Promise<readonly SessionRequest[]>,
): Promise<readonly SessionRequest[]> => {
  const asked = told;
  let list = await ask();
  for (const { state, at } of known.values()) if (at > asked) list = updated(key, list, state);
  return list;
};

/** The newer of the answer and what is known. */
export const stateWithNews = (state: SessionRequest): SessionRequest => {
  const news = known.get(state.id)?.state;
  return news && news.revision > state.revision ? news : state;
};

let pendingTold: { readonly count: number; readonly at: number } | undefined;

/** Shows how many sessions await my answer. */
export const tellPendingCount = (client: QueryClient, count: number): void => {
  told += 1;
  pendingTold = { count, at: told };
  client.setQueryData<Me>(keys.me, (me) => (me ? { ...me, pendingActions: count } : me));
};

/** Asks who I am, and puts into the answer what has been told in the meantime. */
export const meWithNews = async (ask: () => Promise<Me>): Promise<Me> => {
  const asked = told;
  const me = await ask();
  return pendingTold && pendingTold.at > asked ? { ...me, pendingActions: pendingTold.count } : me;
};
