import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import type { Me } from './api/client.ts';
import { meQuery, useMe } from './api/queries.ts';
import { ApiProblem, isLoggedOut, NetworkFailure } from './api/problem.ts';
import { Chunk, NotificationsPage, SettingsPage } from './chunks.tsx';
import { leaveForLogIn, logInDidNotHold, logInHolds } from './log-in.ts';
import { SessionsPage } from './sessions/sessions-page.tsx';
import { Shell } from './shell/shell.tsx';
import { LoadingShell } from './shell/loading-shell.tsx';
import { NoParticipant, Unreachable, Welcome } from './shell/welcome.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The service may be on this very machine. And nothing is kept to be sent when somebody has long gone.
      networkMode: 'always',
      // The live stream tells of every change, so nothing grows old by itself.
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures, error) =>
        failures < 3 &&
        (error instanceof NetworkFailure || (error instanceof ApiProblem && error.status >= 500)),
    },
    // A change is repeated by who wants it, with the same key.
    mutations: { networkMode: 'always', retry: false },
  },
  queryCache: new QueryCache({
    onError: (error, query) => query.queryKey[0] !== 'me' && lookForLogIn(error),
  }),
  mutationCache: new MutationCache({ onError: (error) => lookForLogIn(error) }),
});

/** Whatever finds out that the log-in is over: who is logged in is asked anew, and the answer leads to the log-in. */
const lookForLogIn = (error: unknown): void => {
  if (isLoggedOut(error)) void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
};

/** The whole app. */
export const App = () => (
  <ErrorBoundary>
    <QueryClientProvider client={queryClient}>
      <Gate />
    </QueryClientProvider>
  </ErrorBoundary>
);

/** Lets participants in; everybody else is shown the way. */
const Gate = () => {
  const me = useMe();
  const [path] = useLocation();
  const isOut = isLoggedOut(me.error);
  const isLeaving = isOut && path !== '/' && !logInDidNotHold();
  useEffect(() => {
    if (isLeaving) leaveForLogIn({ instead: true });
  }, [isLeaving]);
  const id = me.data?.id;
  const [first, setFirst] = useState(id);
  if (first === undefined && id !== undefined) setFirst(id);
  // What is here belongs to whom it was asked for as.
  const isSomebodyElse = first !== undefined && id !== undefined && id !== first;
  useEffect(() => {
    if (isSomebodyElse) location.reload();
    else if (id !== undefined) logInHolds();
  }, [id, isSomebodyElse]);

  if (isSomebodyElse) return <LoadingShell />;
  if (isOut) return isLeaving ? <LoadingShell leaving /> : <Welcome />;
  if (me.data) return <Pages me={me.data} />;
  if (me.isPending) return <LoadingShell />;
  if (me.error instanceof ApiProblem && me.error.code === 'unknown-participant') return <NoParticipant />;
  return <Unreachable error={me.error} onRetry={() => me.refetch()} />;
};

const Pages = ({ me }: { readonly me: Me }) => (
  <Shell me={me}>
    <Switch>
      <Route path="/sessions/notifications">
        <SessionsPage tab="notifications">
          <Chunk>
            <NotificationsPage />
          </Chunk>
        </SessionsPage>
      </Route>
      <Route path="/sessions">
        <SessionsPage tab="calendar" />
      </Route>
      <Route path="/settings">
        <Chunk>
          <SettingsPage />
        </Chunk>
      </Route>
      <Route>
        <Redirect to="/sessions" replace />
      </Route>
    </Switch>
  </Shell>
);
