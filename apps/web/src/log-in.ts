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
  return performance.timeOrigin - left < tooSoonMs && performance.timeOrigin > left;
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
  const { location: next } = response.ok
    ? ((await response.json()) as { location: string })
    : { location: '/' };
  location.assign(next);
};
