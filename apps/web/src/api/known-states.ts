import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { answerableUntil, awaitsMe } from '../sessions/parties.ts';
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

/** States that are kept in mind: more than change while an answer is on its way. */
const mostKnown = 1_000;

interface Known {
  /** Newest state of each request that was told of, with when that was; the one told longest ago first. */
  readonly states: Map<string, { readonly state: SessionRequest; readonly at: number }>;
  pending: { readonly count: number; readonly at: number } | undefined;
  /** Counts what was told. */
  told: number;
}

const knownBy = new WeakMap<QueryClient, Known>();

const knownOf = (client: QueryClient): Known => {
  const known = knownBy.get(client) ?? { states: new Map(), pending: undefined, told: 0 };
  knownBy.set(client, known);
  return known;
};

const startOf = ({ slot }: SessionRequest): string => slot.startsAt;

/** With this state instead of an older one, or put in where it belongs, or taken out where it does not belong. */
const withState = (
  list: readonly SessionRequest[],
  state: SessionRequest,
  belongs: (state: SessionRequest) => boolean,
  orderOf: (state: SessionRequest) => string,
): readonly SessionRequest[] => {
  const present = list.find(({ id }) => id === state.id);
  if (present && present.revision > state.revision) return list;
  const others = list.filter(({ id }) => id !== state.id);
  if (!belongs(state)) return present ? others : list;
  if (present && orderOf(present) === orderOf(state))
    return list.map((item) => (item === present ? state : item));
  const isBefore = (a: SessionRequest, b: SessionRequest): boolean =>
    orderOf(a) === orderOf(b) ? a.id < b.id : orderOf(a) < orderOf(b);
  return [...others, state].sort((a, b) => (isBefore(a, b) ? -1 : 1));
};

const inRange =
  (from: string, to: string) =>
  ({ slot }: SessionRequest): boolean =>
    slot.startsAt < to && slot.endsAt > from;

const updated = (
  key: QueryKey,
  list: readonly SessionRequest[],
  state: SessionRequest,
): readonly SessionRequest[] => {
  const [kind, from, to] = key as readonly [string, string?, string?];
  if (kind === 'pending') return withState(list, state, awaitsMe, answerableUntil);
  return withState(list, state, inRange(from ?? '', to ?? ''), startOf);
};

const lists = (client: QueryClient): [QueryKey, readonly SessionRequest[] | undefined][] =>
  ['pending', 'calendar'].flatMap((root) =>
    client.getQueriesData<readonly SessionRequest[]>({ queryKey: [root] }),
  );

/**
 * Puts a state into everything that shows it, unless something newer is there. Of two states of the same revision the one
 * told last counts: what may be done changes with the time.
 */
export const tellState = (client: QueryClient, state: SessionRequest): void => {
  const known = knownOf(client);
  if ((known.states.get(state.id)?.state.revision ?? -1) > state.revision) return;
  known.told += 1;
  known.states.delete(state.id);
  known.states.set(state.id, { state, at: known.told });
  const [oldest] = known.states.keys();
  if (known.states.size > mostKnown && oldest !== undefined) known.states.delete(oldest);
  showAlone(client, state);
  for (const [key, list] of lists(client)) {
    const next = list && updated(key, list, state);
    if (next !== list) client.setQueryData(key, next);
  }
};

/** Where it is shown by itself, an older state gives way. */
const showAlone = (client: QueryClient, state: SessionRequest): void => {
  client.setQueryData<SessionRequest>(
    keys.session(state.id),
    (shown) => shown && (shown.revision > state.revision ? shown : state),
  );
};

/** The newest state that this page has been told of or shows, if there is one. */
export const shownState = (client: QueryClient, id: string): SessionRequest | undefined =>
  [
    knownOf(client).states.get(id)?.state,
    client.getQueryData<SessionRequest>(keys.session(id)),
    ...lists(client).map(([, list]) => list?.find((item) => item.id === id)),
  ].reduce(
    (newest, state) => (state && state.revision > (newest?.revision ?? -1) ? state : newest),
    undefined,
  );

/**
 * Asks, and puts into the answer what is newer: what has been told in the meantime, and what a server that is behind does not
 * know yet of the sessions in it.
 */
export const listWithNews = async (
  client: QueryClient,
  key: QueryKey,
  ask: () => Promise<readonly SessionRequest[]>,
): Promise<readonly SessionRequest[]> => {
  const known = knownOf(client);
  const asked = known.told;
  const answer = await ask();
  const revisions = new Map(answer.map(({ id, revision }) => [id, revision]));
  let list = answer;
  for (const { state, at } of known.states.values())
    if (at > asked || (revisions.get(state.id) ?? Infinity) < state.revision)
      list = updated(key, list, state);
  for (const state of list) showAlone(client, state);
  return list;
};

/** Asks for one state. @returns the newer of the answer and what is known, which is shown everywhere from now on. */
export const stateWithNews = async (
  client: QueryClient,
  ask: () => Promise<SessionRequest>,
): Promise<SessionRequest> => {
  const answer = await ask();
  const shown = shownState(client, answer.id);
  if (shown && shown.revision > answer.revision) return shown;
  tellState(client, answer);
  return answer;
};

/** Shows how many sessions await my answer. */
export const tellPendingCount = (client: QueryClient, count: number): void => {
  const known = knownOf(client);
  known.told += 1;
  known.pending = { count, at: known.told };
  client.setQueryData<Me>(keys.me, (me) => (me ? { ...me, pendingActions: count } : me));
};

/** Asks who I am, and puts into the answer what has been told in the meantime. */
export const meWithNews = async (client: QueryClient, ask: () => Promise<Me>): Promise<Me> => {
  const known = knownOf(client);
  const asked = known.told;
  const me = await ask();
  return known.pending && known.pending.at > asked ? { ...me, pendingActions: known.pending.count } : me;
};
