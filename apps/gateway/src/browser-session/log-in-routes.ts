import type { ParticipantDirectory } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { WallClock } from '../dependencies.ts';
import { htmlHeaders } from '../html-page.ts';
import { InvalidToken, IssuerUnavailable, type AccessTokens } from '../oidc/access-tokens.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { canHoldSessions, readCookies, type CookieJar } from './cookies.ts';
import { refuseCrossSite } from './cross-site.ts';
import { failedLogInPage, type FailedLogIn } from './failed-log-in-page.ts';
import { LogInRefused, type IssuedTokens, type IssuerClient } from './issuer-client.ts';
import {
  attemptCookie,
  attemptOf,
  attemptSeconds,
  withoutAttempt,
  withoutOldAttempts,
  type LogInAttempt,
} from './log-in-attempt.ts';
import { safeReturnTo } from './return-to.ts';
import { newSecret } from './sealing.ts';

/** The name of the cookie that holds a session, without its prefix. */
export const sessionCookie = 'session';

export interface LogInRoutesOptions {
  /** Where browsers reach this server. */
  readonly publicUrl: string;
  readonly sessions: BrowserSessions;
  readonly client: IssuerClient;
  readonly tokens: AccessTokens;
  readonly participants: ParticipantDirectory;
  readonly jar: CookieJar;
  readonly wallClock: WallClock;
  readonly logger: Logger;
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Of what a browser sends as a query, the fields that are there once. */
const only = (query: unknown, name: string): string | undefined => {
  const value = (query as Query)[name];
  return typeof value === 'string' ? value : undefined;
};

/**
 * `/auth/login`, `/auth/callback` and `/auth/logout`, for browsers: whatever goes wrong on the first two is a page that says what to do next.
 */
export const createLogInRoutes =
  (options: LogInRoutesOptions): FastifyPluginCallback =>
  (fastify, _options, done) => {
    const { publicUrl, sessions, client, tokens, participants, jar, wallClock, logger } = options;

    const logInAgain = (returnTo: string): string =>
      `${publicUrl}/auth/login?returnTo=${encodeURIComponent(returnTo)}`;

    const fail = (
      reply: FastifyReply,
      failed: FailedLogIn,
      links: { to: string; text: string }[],
    ): FastifyReply => reply.code(failed.status).headers(htmlHeaders).send(failedLogInPage(failed, links));

    const tryAgain = (returnTo: string): { to: string; text: string }[] => [
      { to: logInAgain(returnTo), text: 'Log in again' },
      { to: `${publicUrl}/`, text: 'To the start page' },
    ];

    const failFor = (reply: FastifyReply, error: unknown, returnTo: string): FastifyReply => {
      const failed = failureOf(error);
      if (failed.status >= 500) logger.warn({ err: error }, 'a log-in could not be served');
      else logger.info({ code: failed.code, detail: (error as Error).message }, 'a log-in was refused');
      return fail(reply, failed, tryAgain(returnTo));
    };

    fastify.get('/auth/login', async (request, reply) => {
      const returnTo = safeReturnTo(only(request.query, 'returnTo'));
      if (!canHoldSessions(publicUrl)) return fail(reply, notHere, []);
      const prompt = only(request.query, 'prompt') === 'login' ? 'login' : undefined;
      // The issuer sends everybody back to the public URL, where a browser that came by another name has no cookie of this attempt.
      // Once only: behind a proxy that does not pass the name on, it looks as wrong the second time.
      if (!hasName(request.headers.host, publicUrl) && only(request.query, movedOnce) === undefined)
        return reply.redirect(
          `${logInAgain(returnTo)}${prompt === undefined ? '' : `&prompt=${prompt}`}&${movedOnce}=1`,
          302,
        );
      const attempt: LogInAttempt = {
        state: newSecret(),
        nonce: newSecret(),
        verifier: newSecret(),
        returnTo,
        begunAtMs: wallClock.now(),
      };
      try {
        const location = await client.authorizationUrl(attempt, prompt);
        const cookies = readCookies(request.headers.cookie);
        return await reply
          .header('set-cookie', [...withoutOldAttempts(jar, cookies), attemptCookie(jar, attempt)])
          .redirect(location, 303);
      } catch (error) {
        return failFor(reply, error, returnTo);
      }
    });

    fastify.get('/auth/callback', async (request, reply) => {
      const state = only(request.query, 'state') ?? '';
      const attempt = attemptOf(jar, readCookies(request.headers.cookie), state);
      if (!attempt) return fail(reply, notBegunHere, tryAgain(safeReturnTo(undefined)));
      // Good once, whatever comes of it.
      reply.header('set-cookie', withoutAttempt(jar, state));
      const { returnTo, begunAtMs } = attempt;
      if (wallClock.now() > begunAtMs + attemptSeconds * 1_000)
        return fail(reply, tooLate, tryAgain(returnTo));
      try {
        const issued = await client.exchange(attempt, queryOf(request));
        const verified = await tokens.verify(issued.accessToken);
        const participant = await participants.find(verified.subject);
        if (!participant || participant.active === false)
          return await fail(reply, unknownParticipant, [
            { to: await issuerLogOut(issued), text: 'Log in as somebody else' },
          ]);
        // Never the session that the browser came with: somebody else may know that one.
        const { secret, maxAgeSeconds } = await sessions.begin(issued, verified);
        await endSessionOf(request);
        return await reply
          .header('set-cookie', jar.set(sessionCookie, secret, { maxAgeSeconds, sameSite: 'Strict' }))
          .redirect(`${publicUrl}${returnTo}`, 303);
      } catch (error) {
        return failFor(reply, error, returnTo);
      }
    });

    fastify.post('/auth/logout', async (request, reply) => {
      refuseCrossSite(request, publicUrl);
      const issued = await endSessionOf(request);
      reply.header('set-cookie', jar.set(sessionCookie, '', { maxAgeSeconds: 0, sameSite: 'Strict' }));
      return { location: issued ? await issuerLogOut(issued) : `${publicUrl}/` };
    });

    const endSessionOf = async ({ headers }: FastifyRequest): Promise<IssuedTokens | undefined> => {
      const secret = readCookies(headers.cookie).get(jar.name(sessionCookie));
      return secret === undefined ? undefined : sessions.end(secret);
    };

    /** Ends the log-in at the issuer as far as this server can, and says where the browser has to go for the rest. */
    const issuerLogOut = async ({ idToken, refreshToken }: IssuedTokens): Promise<string> => {
      const failed = (error: unknown): undefined => {
        logger.warn({ err: error }, 'the log-in could not be ended at the issuer');
      };
      // Each for itself: the browser goes to the issuer even where the token could not be given back.
      if (refreshToken !== undefined) await client.revoke(refreshToken).catch(failed);
      return (await client.logOutUrl(idToken).catch(failed)) ?? `${publicUrl}/`;
    };
    done();
  };

/** Marks a browser that has been sent to the public URL. */
const movedOnce = 'moved';

/** Whether a request that names this host was sent to this URL. */
const hasName = (host: string | undefined, url: string): boolean => {
  const { protocol, host: expected } = new URL(url);
  return host === undefined || URL.parse(`${protocol}//${host}`)?.host === expected;
};

const queryOf = ({ url }: FastifyRequest): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

const notBegunHere: FailedLogIn = {
  status: 400,
  title: 'This log-in cannot go on',
  message:
    'It was not begun in this browser, took too long, or has been used already. Your browser has to accept cookies of this site.',
};

const tooLate: FailedLogIn = {
  status: 400,
  title: 'The log-in took too long',
  message: 'For your safety a log-in has to come to its end within a quarter of an hour.',
};

const unknownParticipant: FailedLogIn = {
  status: 403,
  title: 'You are not a participant',
  message:
    'The log-in worked, but this account belongs to neither a coach nor a client here. Ask whoever runs this to add you, or log in as somebody else.',
};

const notHere: FailedLogIn = {
  status: 400,
  title: 'Nobody can log in here',
  message:
    'Pages of this address come without encryption, so a session would not be safe. It takes https, or http on this very machine: whoever runs this has to set PUBLIC_URL.',
};

const notPossible = 'Log-in is not possible at present';

const failureOf = (error: unknown): FailedLogIn => {
  if (error instanceof LogInRefused)
    return {
      status: 400,
      title: 'You are not logged in',
      message:
        error.code === 'access_denied'
          ? 'The log-in was cancelled.'
          : `The log-in was refused: ${error.message}.`,
      ...(error.code !== undefined && { code: error.code }),
    };
  if (error instanceof IssuerUnavailable)
    return {
      status: 503,
      title: notPossible,
      message: 'The service that knows the accounts does not answer. Try again in a moment.',
    };
  if (error instanceof InvalidToken)
    return {
      status: 500,
      title: notPossible,
      message: `The service that knows the accounts gave out something that is not taken here: ${error.message}. Whoever runs this has to look into it.`,
    };
  if (error instanceof StoreUnavailable)
    return {
      status: 503,
      title: notPossible,
      message: 'Sessions cannot be stored at present. Try again in a moment.',
    };
  return {
    status: 500,
    title: notPossible,
    message: 'Something went wrong here. It has been logged; try again in a moment.',
  };
};
