import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import { keep, readKept } from '../browser-storage.ts';
import { now, setClock, usePassed } from '../time/clock.ts';
import { createAttempts } from './attempts.ts';
import { answerOf, api, newIdempotencyKey, type Me, type SessionRequest } from './client.ts';
import { keys, listWithNews, meWithNews, shownState, stateWithNews, tellState } from './known-states.ts';
import { refreshNotifications } from './notifications-refresh.ts';
import { ApiProblem } from './problem.ts';

/** Most items that the API gives at once. */
const pageSize = 200;

const all = async <Item>(
  page: (cursor: string | undefined) => Promise<{ items: readonly Item[]; nextCursor?: string }>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.nextCursor;
  } while (cursor !== undefined);
  return items;
};

const askMe = async ({ client }: { client: QueryClient }): Promise<Me> => {
  const me = await meWithNews(client, () => answerOf(api.GET('/api/v1/me')));
  setClock(me.now);
  return me;
};

/** Asked anew when somebody comes back to the page after a while: the log-in may be over, and the clock have moved. */
export const meQuery = {
  queryKey: keys.me,
  queryFn: askMe,
  staleTime: 60_000,
  refetchOnWindowFocus: true,
};

/** Who is logged in. */
export const useMe = () => useQuery(meQuery);

const pendingQuery = {
  queryKey: keys.pending,
  queryFn: ({ client }: { client: QueryClient }) =>
    listWithNews(client, keys.pending, () =>
      all((cursor) =>
        answerOf(
          api.GET('/api/v1/pending-actions', {
            params: { query: { limit: pageSize, ...(cursor !== undefined && { cursor }) } },
          }),
        ),
      ),
    ),
};

/** What awaits my answer, soonest deadline first. */
export const usePending = () => useQuery(pendingQuery);

/** My sessions that overlap this time, soonest first. */
export const useCalendar = (from: string, to: string) =>
  useQuery({
    queryKey: keys.calendar(from, to),
    queryFn: ({ client }) =>
      listWithNews(client, keys.calendar(from, to), () =>
        all((cursor) =>
          answerOf(
            api.GET('/api/v1/session-requests', {
              params: { query: { from, to, limit: pageSize, ...(cursor !== undefined && { cursor }) } },
            }),
          ),
        ),
      ),
    placeholderData: keepPreviousData,
  });

/** One session request; shown at once where a list has it. */
export const useSession = (id: string) => {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: keys.session(id),
    queryFn: () =>
      stateWithNews(client, () =>
        answerOf(api.GET('/api/v1/session-requests/{id}', { params: { path: { id } } })),
      ),
    initialData: () => shownState(client, id),
    staleTime: 0,
  });
  const { proposal, agreed } = query.data ?? {};
  const passed = usePassed([proposal?.respondBy, agreed?.startsAt].filter((at) => at !== undefined));
  useEffect(() => {
    // What can be done depends on the time as well, of which no event tells.
    if (passed > 0) void client.invalidateQueries({ queryKey: keys.session(id) }, { cancelRefetch: false });
  }, [client, id, passed]);
  return query;
};

/** Its events, oldest first. @param revision of the state that is shown; the events reach that far. */
export const useHistory = (id: string, revision: number | undefined) =>
  useQuery({
    queryKey: keys.history(id, revision ?? 0),
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/session-requests/{id}/history', {
            params: { path: { id }, query: { atLeast: revision ?? 0 } },
          }),
        )
      ).items,
    enabled: revision !== undefined,
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
  });

/** What has happened, newest first. */
export const useNotifications = () =>
  useInfiniteQuery({
    queryKey: keys.notifications,
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/notifications', {
          params: { query: { limit: 30, ...(pageParam !== '' && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Participants of the other role whose name contains this, by name; the first page of them. */
export const useParticipantSearch = (q: string) => {
  const role = useMe().data?.role === 'coach' ? 'client' : 'coach';
  return useQuery({
    queryKey: ['participants', role, q.trim()],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/participants', {
            params: { query: { role, limit: 20, ...(q.trim() !== '' && { q: q.trim() }) } },
          }),
        )
      ).items,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
};

/** What proposing this slot now would mean. Undefined `slot`: nothing is asked. */
export const useSlotPreview = (
  about: { readonly with: string } | { readonly adjust: string } | undefined,
  slot: { readonly startsAt: string; readonly endsAt: string } | undefined,
) =>
  useQuery({
    queryKey: ['slot-preview', about, slot],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/slot-preview', {
          params: { query: { ...(slot ?? { startsAt: '', endsAt: '' }), ...about } },
          signal,
        }),
      ),
    enabled: about !== undefined && slot !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });

const afterChange = (client: QueryClient, state: SessionRequest): void => {
  tellState(client, state);
  refreshNotifications(client);
};

/** A state that a refusal tells of is shown as any other; a refusal without one asks for it. */
const afterRefusal = (client: QueryClient, id: string, error: unknown): void => {
  if (!(error instanceof ApiProblem)) return;
  if (error.current) afterChange(client, error.current);
  else if (error.status === 403 || error.status === 404 || error.status === 409)
    for (const queryKey of [keys.session(id), keys.pending, ['calendar']])
      void client.invalidateQueries({ queryKey });
};

const attempts = createAttempts({
  newKey: newIdempotencyKey,
  now,
  read: () => readKept('sessionStorage', 'unanswered requests'),
  write: (unanswered) => keep('sessionStorage', 'unanswered requests', unanswered),
});

export interface NewSession {
  readonly with: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly note?: string;
}

/** Asks for a session. */
export const useRequestSession = () => {
  const client = useQueryClient();
  return useMutation<SessionRequest, Error, NewSession>({
    mutationFn: (session) =>
      answerOf(
        api.POST('/api/v1/session-requests', {
          body: session,
          params: { header: { 'Idempotency-Key': attempts.keyOf(session) } },
        }),
      ),
    onSettled: (_state, error, session) => attempts.ended(session, error),
    onSuccess: (state) => afterChange(client, state),
  });
};

/** An answer to a session request, by who has seen it at this revision. */
export type Answer = { readonly id: string; readonly revision: number } & (
  | { readonly action: 'accept' }
  | { readonly action: 'reject'; readonly reason?: string }
  | { readonly action: 'cancel'; readonly what: 'session' | 'change'; readonly reason?: string }
  | { readonly action: 'adjust'; readonly startsAt: string; readonly endsAt: string; readonly note?: string }
);

const send = (answer: Answer) => {
  const { id, revision, action, ...body } = answer;
  const params = {
    path: { id },
    header: { 'If-Match': `"${revision}"`, 'Idempotency-Key': attempts.keyOf(answer) },
  };
  switch (answer.action) {
    case 'accept':
      return answerOf(api.POST('/api/v1/session-requests/{id}/accept', { params, body: {} }));
    case 'reject':
      return answerOf(api.POST('/api/v1/session-requests/{id}/reject', { params, body }));
    case 'cancel':
      return answerOf(api.POST('/api/v1/session-requests/{id}/cancel', { params, body }));
    case 'adjust': {
      const { startsAt, endsAt, note } = answer;
      return answerOf(
        api.POST('/api/v1/session-requests/{id}/adjust', {
          params,
          body: { startsAt, endsAt, ...(note !== undefined && { note }) },
        }),
      );
    }
  }
};

/** Accepts, rejects, adjusts or cancels. A refusal brings the present state with it, or asks for it. */
export const useAnswer = () => {
  const client = useQueryClient();
  return useMutation<SessionRequest, Error, Answer>({
    mutationFn: send,
    onSettled: (_state, error, answer) => attempts.ended(answer, error),
    onSuccess: (state) => afterChange(client, state),
    onError: (error, { id }) => afterRefusal(client, id, error),
  });
};

/** Marks everything up to this notification as read. */
export const useMarkRead = () => {
  const client = useQueryClient();
  return useMutation<unknown, Error, string>({
    mutationFn: (upTo) =>
      answerOf(
        api.POST('/api/v1/notifications/read', {
          body: { upTo },
          params: { header: { 'Idempotency-Key': newIdempotencyKey() } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.notifications }),
  });
};
