import type { GatewayStore, StoredBrowserSession } from '@hse/contracts';
import { StoreUnavailable, type Scheduled, type Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { toInstant } from '@hse/session-requests';
import { decodeJwt } from 'jose';
import {
  InvalidToken,
  IssuerUnavailable,
  type AccessTokens,
  type VerifiedToken,
} from '../oidc/access-tokens.ts';
import type { WallClock } from '../dependencies.ts';
import { LogInRefused, type IssuedTokens, type IssuerClient } from './issuer-client.ts';
import { isSecret, newSecret, seal, storeKeyOf, unseal } from './sealing.ts';
import { SessionWatch } from './session-watch.ts';

const minuteMs = 60_000;

/** Milliseconds after which one has to log in again, however often the session was renewed: 14 days. */
export const sessionMs = 14 * 24 * 60 * minuteMs;

/** Milliseconds for which who renews a session has it for themselves; more than an issuer is waited for. */
const claimMs = 20_000;
/** Milliseconds until the next try, after the issuer could not be reached. */
const retryMs = 5_000;
/** Milliseconds that a request waits for the renewal by another process, and between looks. */
const waitMs = 5_000;
const lookMs = 50;
/** A store that does not take what cannot be got again is asked this often, so many milliseconds apart. */
const mostTries = 10;
const retryStoreMs = 200;
const pruneMs = 60 * minuteMs;

/** There is no such session, or not any more. */
export class SessionEnded extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionEnded';
  }
}

/** What is sealed. */
interface Content extends IssuedTokens {
  readonly subject: string;
  /** When the access token was got, and when it expires: milliseconds since 1970-01-01T00:00:00Z. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Somebody renews it, and has until then; their refresh token must not be used by another. */
  readonly claimedUntilMs?: number;
  /** The issuer could not be reached; not to be asked again before. */
  readonly retryAtMs?: number;
}

type Changes = { readonly [field in keyof Content]?: Content[field] | undefined };

interface Session {
  readonly secret: string;
  readonly key: string;
  readonly version: number;
  readonly endsAtMs: number;
  readonly content: Content;
}

export interface BrowserSessionsOptions {
  readonly store: GatewayStore;
  readonly client: IssuerClient;
  readonly tokens: AccessTokens;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Who is logged in with which browser. The browser has a secret at random; the store has the tokens, encrypted with it, under its hash:
 * neither a copy of the store nor another server key leads to a token, and any gateway over the same store takes any session.
 *
 * Access tokens are renewed some time before they expire, while requests go on with the one that is there. A refresh token is used once,
 * by whoever wins the claim in the store; an issuer that detects reuse would end the log-in otherwise.
 */
export class BrowserSessions {
  readonly #options: BrowserSessionsOptions;
  /** Renewals by this process, by session. */
  readonly #renewals = new Map<string, Promise<Session>>();
  readonly #watch: SessionWatch;
  #pruning: Scheduled | undefined;

  constructor(options: BrowserSessionsOptions) {
    this.#options = options;
    this.#watch = new SessionWatch(options);
    this.#pruneLater();
  }

  /** Lets renewals under way come to their end; a token got and not kept would end the session. */
  async close(): Promise<void> {
    this.#pruning?.cancel();
    await Promise.allSettled([...this.#renewals.values(), this.#watch.close()]);
  }

  /**
   * A new session with these tokens, which have been verified.
   * @returns the secret for the cookie, and the seconds until the session ends.
   */
  async begin(
    tokens: IssuedTokens,
    verified: Pick<VerifiedToken, 'subject' | 'expiresAtMs'>,
  ): Promise<{ secret: string; maxAgeSeconds: number }> {
    const { store, wallClock } = this.#options;
    const now = wallClock.now();
    // Nothing to renew it with: it ends with its token.
    const endsAtMs = tokens.refreshToken === undefined ? verified.expiresAtMs : now + sessionMs;
    const secret = newSecret();
    const sealed = sealContent(secret, {
      ...tokens,
      subject: verified.subject,
      issuedAtMs: now,
      expiresAtMs: verified.expiresAtMs,
    });
    await store.keepSession(storeKeyOf(secret), { sealed, endsAt: toInstant(endsAtMs) });
    return { secret, maxAgeSeconds: Math.max(0, Math.floor((endsAtMs - now) / 1_000)) };
  }

  /**
   * Whose session this is, and until when.
   * @throws SessionEnded, IssuerUnavailable
   */
  async admit(secret: string): Promise<VerifiedToken> {
    let session = await this.#load(secret);
    const now = this.#options.wallClock.now();
    const { expiresAtMs, issuedAtMs, refreshToken, claimedUntilMs = 0, retryAtMs = 0 } = session.content;
    const isGood = now < expiresAtMs;
    if (refreshToken === undefined) {
      if (!isGood) throw await this.#ended(session, 'its token has expired');
    } else if (now >= expiresAtMs - marginMs(expiresAtMs - issuedAtMs)) {
      const isOthers = claimedUntilMs > now && !this.#renewals.has(session.key);
      const isPaused = retryAtMs > now;
      if (!isGood) {
        if (isPaused) throw new IssuerUnavailable();
        session = await this.#renewed(session);
      } else if (!isOthers && !isPaused) {
        // In the background: who asks has a token that is good. What comes of it the next request will see.
        this.#renewed(session).catch((error: unknown) => {
          if (!(error instanceof SessionEnded))
            this.#options.logger.warn(
              { err: error },
              'a session could not be renewed; its token is still good',
            );
        });
      }
    }
    const verified = await this.#verify(session);
    return { ...verified, expiresAtMs: Math.min(verified.expiresAtMs, session.endsAtMs) };
  }

  /** Ends a session, if there is one. @returns its tokens, to end what they belong to. */
  async end(secret: string): Promise<IssuedTokens | undefined> {
    try {
      const session = await this.#load(secret);
      await this.#forget(session);
      return session.content;
    } catch (error) {
      if (error instanceof SessionEnded) return undefined;
      throw error;
    }
  }

  /**
   * Calls once when this session is over: at once where this process ends it or hears of it, within 15 s where another process ends it.
   * Not when its time is over, which {@link admit} has said.
   * @returns takes the listener away.
   */
  whenOver(secret: string, listener: () => void): () => void {
    return this.#watch.add(storeKeyOf(secret), listener);
  }

  async #load(secret: string): Promise<Session> {
    if (!isSecret(secret)) throw new SessionEnded('it is no session');
    const { store, wallClock } = this.#options;
    const key = storeKeyOf(secret);
    const stored = await store.findSession(key);
    if (!stored) {
      this.#watch.over(key);
      throw new SessionEnded('there is no such session, or not any more');
    }
    const session = open(secret, key, stored);
    if (!session) throw new SessionEnded('what is stored of it was not sealed with it');
    if (session.endsAtMs <= wallClock.now()) throw await this.#ended(session, 'its time is over');
    return session;
  }

  async #ended(session: Session, message: string, cause?: unknown): Promise<SessionEnded> {
    await this.#forget(session);
    return new SessionEnded(message, { cause });
  }

  async #forget({ key }: Session): Promise<void> {
    await this.#options.store.endSession(key);
    this.#watch.over(key);
  }

  async #verify(session: Session): Promise<VerifiedToken> {
    const { accessToken, subject } = session.content;
    try {
      const verified = await this.#options.tokens.verify(accessToken);
      if (verified.subject === subject) return verified;
      throw new InvalidToken('the token is of somebody else');
    } catch (error) {
      if (error instanceof InvalidToken) throw await this.#ended(session, error.message, error);
      throw error;
    }
  }

  /** One renewal per session at a time in this process. */
  #renewed(session: Session): Promise<Session> {
    const { key } = session;
    const underWay = this.#renewals.get(key);
    if (underWay) return underWay;
    const renewal = this.#renewOnce(session).finally(() => this.#renewals.delete(key));
    this.#renewals.set(key, renewal);
    return renewal;
  }

  /** By this process, or by another that was faster. */
  async #renewOnce(seen: Session): Promise<Session> {
    const { wallClock } = this.#options;
    const giveUpAtMs = wallClock.now() + waitMs;
    let session = seen;
    for (;;) {
      const now = wallClock.now();
      const { accessToken, expiresAtMs, claimedUntilMs = 0, retryAtMs = 0 } = session.content;
      if (accessToken !== seen.content.accessToken && now < expiresAtMs) return session;
      if (retryAtMs > now) throw new IssuerUnavailable();
      if (claimedUntilMs <= now) {
        const claimed = await this.#replace(session, { claimedUntilMs: now + claimMs });
        if (claimed) return this.#renewClaimed(claimed);
      } else if (now >= giveUpAtMs) throw new IssuerUnavailable();
      else await this.#pause(lookMs);
      session = await this.#load(seen.secret);
    }
  }

  async #renewClaimed(session: Session): Promise<Session> {
    const { client, wallClock } = this.#options;
    const { refreshToken = '', idToken } = session.content;
    let issued: IssuedTokens;
    try {
      issued = await client.renew(refreshToken);
    } catch (error) {
      if (error instanceof LogInRefused) throw await this.#ended(session, 'the issuer has ended it', error);
      await this.#replace(session, { claimedUntilMs: undefined, retryAtMs: wallClock.now() + retryMs });
      throw error;
    }
    const expiresAtMs = expiryOf(issued.accessToken);
    if (expiresAtMs === undefined) throw await this.#ended(session, 'the new token is no JWT that expires');
    // Kept before it is verified, which can fail for a moment: the old refresh token is spent.
    return this.#keep(session, {
      accessToken: issued.accessToken,
      // An issuer that does not rotate sends no new one; the old one stays good.
      refreshToken: issued.refreshToken ?? refreshToken,
      idToken: issued.idToken ?? idToken,
      issuedAtMs: wallClock.now(),
      expiresAtMs,
      claimedUntilMs: undefined,
      retryAtMs: undefined,
    });
  }

  async #keep(session: Session, renewed: Changes): Promise<Session> {
    for (let tries = 1; ; tries += 1) {
      try {
        const kept = await this.#replace(session, renewed);
        if (kept) return kept;
        break;
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || tries === mostTries) throw error;
        await this.#pause(retryStoreMs);
      }
    }
    try {
      // A try that seemed to fail may have been carried out. Or the claim ran out, and somebody else was faster.
      const current = await this.#load(session.secret);
      if (this.#options.wallClock.now() < current.content.expiresAtMs) return current;
      throw new IssuerUnavailable();
    } catch (error) {
      // Logged out in the meantime: what was just got must not live on.
      if (error instanceof SessionEnded && renewed.refreshToken !== undefined)
        await this.#options.client.revoke(renewed.refreshToken).catch((revokeError: unknown) => {
          this.#options.logger.warn({ err: revokeError }, 'a refresh token could not be revoked');
        });
      throw error;
    }
  }

  /** Undefined when somebody else has changed it since. */
  async #replace(session: Session, changes: Changes): Promise<Session | undefined> {
    const { secret, key, version } = session;
    // JSON leaves out what is undefined.
    const content = { ...session.content, ...changes } as Content;
    const isDone = await this.#options.store.replaceSession(key, version, sealContent(secret, content));
    return isDone ? { ...session, version: version + 1, content } : undefined;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.timers.after(ms, resolve));
  }

  #pruneLater(): void {
    const { store, timers, wallClock, logger } = this.#options;
    this.#pruning = timers.after(pruneMs, () => {
      this.#pruneLater();
      store.pruneSessions(toInstant(wallClock.now())).catch((error: unknown) => {
        logger.warn({ err: error }, 'sessions that are over could not be removed');
      });
    });
  }
}

/** So long before it expires a token is renewed: a quarter of its life, five minutes at most. */
const marginMs = (lifeMs: number): number => Math.min(5 * minuteMs, lifeMs / 4);

const expiryOf = (accessToken: string): number | undefined => {
  try {
    const { exp } = decodeJwt(accessToken);
    return exp === undefined ? undefined : exp * 1_000;
  } catch {
    return undefined;
  }
};

const sealContent = (secret: string, content: Content): string => seal(secret, JSON.stringify(content));

const open = (secret: string, key: string, stored: StoredBrowserSession): Session | undefined => {
  const text = unseal(secret, stored.sealed);
  if (text === undefined) return undefined;
  const { version, endsAt } = stored;
  return { secret, key, version, endsAtMs: Date.parse(endsAt), content: JSON.parse(text) as Content };
};
