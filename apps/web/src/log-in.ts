import { keep, readKept } from './browser-storage.ts';
import { NetworkFailure } from './api/problem.ts';
import { ownPage } from './api/client.ts';

const markName = 'left-for-log-in';
/** Milliseconds within which coming back without being logged in means that the log-in did not hold. */
const tooSoonMs = 20_000;

/** This page is on its way to where a log-out leads. */
let isLoggingOut = false;

/**
 * Leaves for the log-in, which comes back to where this page is.
 * @param instead nobody asked for it: this page goes from the browser's history, so that Back from the log-in does not lead to
 * the log-in again. Default: false.
 */
export const leaveForLogIn = ({ instead = false } = {}): void => {
  if (instead && isLoggingOut) return;
  keep('sessionStorage', markName, performance.timeOrigin + performance.now());
  const next = `/auth/login?returnTo=${encodeURIComponent(returnTo())}`;
  if (instead) location.replace(next);
  else location.assign(next);
};

const returnTo = (): string =>
  location.pathname === '/' ? '/sessions' : `${location.pathname}${location.search}`;

/** This page has just come back from the log-in: who is not logged in all the same would go in circles. */
export const logInDidNotHold = (): boolean => {
  const left = readKept('sessionStorage', markName);
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (typeof left !== 'number' || navigation?.type === 'back_forward') return false;
  return performance.timeOrigin - left < tooSoonMs && performance.timeOrigin > left;
};

/** Somebody is logged in: when that ends, this page leaves for the log-in like any other. */
export const logInHolds = (): void => keep('sessionStorage', markName, undefined);

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
  isLoggingOut = true;
  logIns.postMessage(null);
  // It is ended by now, whatever becomes of the rest of the answer.
  const next = (await response.json().catch(() => undefined)) as { location?: string } | undefined;
  location.assign(next?.location ?? '/');
};
