import { NetworkFailure } from './api/problem.ts';
import { ownPage } from './api/client.ts';

const markName = 'left-for-log-in';
/** Milliseconds within which coming back without being logged in means that the log-in did not hold. */
const tooSoonMs = 20_000;

/** Leaves for the log-in, which comes back to where this page is. */
export const leaveForLogIn = (): void => {
  sessionStorage.setItem(markName, String(performance.timeOrigin + performance.now()));
  location.assign(`/auth/login?returnTo=${encodeURIComponent(returnTo())}`);
};

const returnTo = (): string =>
  location.pathname === '/' ? '/sessions' : `${location.pathname}${location.search}`;

/** This page has just come back from the log-in: who is not logged in all the same would go in circles. */
export const logInDidNotHold = (): boolean => {
  const left = Number(sessionStorage.getItem(markName) ?? 0);
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const isBack = navigation?.type === 'back_forward';
  return !isBack && performance.timeOrigin - left < tooSoonMs && performance.timeOrigin > left;
};

const logIns = new BroadcastChannel('session-requests-log-in');

/**
 * Tells the other tabs of this browser who is logged in here, and leaves when somebody else is, or nobody any more: what a
 * tab shows belongs to whom it asked as.
 * @returns what ends it.
 */
export const followLogIn = (participantId: string): (() => void) => {
  logIns.onmessage = ({ data }: MessageEvent<string | null>) => {
    if (data === null) location.assign('/');
    else if (data !== participantId) location.reload();
  };
  logIns.postMessage(participantId);
  return () => {
    logIns.onmessage = null;
  };
};

/**
 * Ends the session here and at the issuer.
 * @throws NetworkFailure when the server cannot be reached; the session goes on then.
 */
export const logOut = async (): Promise<void> => {
  const response = await fetch('/auth/logout', { method: 'POST', headers: ownPage }).catch(
    (error: unknown) => {
      throw new NetworkFailure({ cause: error });
    },
  );
  if (!response.ok && response.status !== 401) throw new NetworkFailure();
  logIns.postMessage(null);
  const { location: next } = response.ok
    ? ((await response.json()) as { location: string })
    : { location: '/' };
  location.assign(next);
};
