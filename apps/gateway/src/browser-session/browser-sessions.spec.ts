import type { GatewayStore } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import { openSqliteGatewayStore } from '@hse/read-models/sqlite';
import { createTimers, silentLogger } from '@hse/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, importJWK, SignJWT } from 'jose';
import { AccessTokens, IssuerUnavailable } from '../oidc/access-tokens.ts';
import { signingKeys } from '../testing/gateway-under-test.ts';
import { BrowserSessions, SessionEnded, sessionMs } from './browser-sessions.ts';
import { LogInRefused, type IssuedTokens, type IssuerClient } from './issuer-client.ts';
import { newSecret, seal, storeKeyOf, unseal } from './sealing.ts';

const issuer = 'https://id.example.org';
const audience = 'api';
const lifeMs = 600_000;
const start = Date.parse('2026-11-23T08:00:00Z');

let now: number;
let store: GatewayStore;
let jwks: Awaited<ReturnType<typeof signingKeys>>;
let opened: BrowserSessions[];

/** An issuer that rotates refresh tokens and ends the log-in when one comes twice. */
class RotatingIssuer {
  reachable = true;
  /** Refresh tokens that were used, in order. */
  readonly used: string[] = [];
  readonly revoked: string[] = [];
  /** Resolved when the issuer may answer. */
  gate: Promise<void> = Promise.resolve();
  subject = 'p-1';
  #current = 'refresh-0';
  #isEnded = false;

  async issue(): Promise<IssuedTokens> {
    const key = await importJWK(jwks.keys[0]!, 'RS256');
    const seconds = Math.floor(now / 1_000);
    const accessToken = await new SignJWT({ iss: issuer, aud: audience, sub: this.subject, jti: newSecret() })
      .setProtectedHeader({ alg: 'RS256', kid: 'test' })
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + lifeMs / 1_000)
      .sign(key);
    return { accessToken, refreshToken: this.#current, idToken: 'id-token' };
  }

  end(): void {
    this.#isEnded = true;
  }

  readonly client: IssuerClient = {
    authorizationUrl: () => Promise.reject(new Error('not asked for')),
    exchange: () => Promise.reject(new Error('not asked for')),
    logOutUrl: () => Promise.resolve(undefined),
    renew: async (refreshToken) => {
      await this.gate;
      if (!this.reachable) throw new IssuerUnavailable();
      this.used.push(refreshToken);
      if (this.#isEnded || refreshToken !== this.#current) {
        this.#isEnded = true;
        throw new LogInRefused('reuse detected', 'invalid_grant');
      }
      this.#current = `refresh-${this.used.length}`;
      return this.issue();
    },
    revoke: async (refreshToken) => {
      this.revoked.push(refreshToken);
    },
  };
}

let rotating: RotatingIssuer;

/** A gateway, as far as its sessions go. */
const gateway = (over: GatewayStore = store): BrowserSessions => {
  const wallClock = { now: () => now };
  const sessions = new BrowserSessions({
    store: over,
    client: rotating.client,
    tokens: new AccessTokens({ issuer, audience, keys: createLocalJWKSet(publicKeys()) }, wallClock),
    wallClock,
    timers: createTimers(),
    logger: silentLogger,
  });
  opened.push(sessions);
  return sessions;
};

const publicKeys = () => ({
  keys: jwks.keys.map(
    ({ kty, n, e, kid }) => ({ kty, n, e, kid, alg: 'RS256' }) as (typeof jwks.keys)[number],
  ),
});

const logIn = async (sessions: BrowserSessions, changes: Partial<IssuedTokens> = {}) =>
  sessions.begin({ ...(await rotating.issue()), ...changes }, { subject: 'p-1', expiresAtMs: now + lifeMs });

const heldBack = (): (() => void) => {
  let letGo = (): void => undefined;
  rotating.gate = new Promise((resolve) => {
    letGo = resolve;
  });
  return letGo;
};

/** Until the renewals under way have come to their end. */
const settled = async (): Promise<void> => {
  await Promise.all(opened.map((each) => each.close()));
};

beforeEach(async () => {
  now = start;
  jwks = await signingKeys();
  opened = [];
  rotating = new RotatingIssuer();
  store = openSqliteGatewayStore({ path: ':memory:' });
});
afterEach(async () => {
  await settled();
  await store.close();
});

describe('a session', () => {
  it('lets its owner in until the token expires, and says when that is', async () => {
    const sessions = gateway();
    const { secret, maxAgeSeconds } = await logIn(sessions);
    expect(maxAgeSeconds).toBe(14 * 24 * 3_600);
    expect(await sessions.admit(secret)).toEqual({
      subject: 'p-1',
      expiresAtMs: now + lifeMs,
      scopes: new Set(),
    });
    expect(rotating.used).toEqual([]);
  });

  it.each(['', 'x', newSecret(), '"'.repeat(43)])('is not known by %j', async (secret) => {
    await expect(gateway().admit(secret)).rejects.toThrow(SessionEnded);
  });

  it('is taken by any gateway over the same store, and ended by any', async () => {
    const [one, other] = [gateway(), gateway()];
    const { secret } = await logIn(one);
    expect((await other.admit(secret)).subject).toBe('p-1');
    expect(await other.end(secret)).toMatchObject({ refreshToken: 'refresh-0', idToken: 'id-token' });
    await expect(one.admit(secret)).rejects.toThrow(SessionEnded);
    expect(await one.end(secret)).toBeUndefined();
  });

  it('gives nothing to who has a copy of the store', async () => {
    const kept: { key: string; sealed: string }[] = [];
    const spied: GatewayStore = {
      ...store,
      keepSession: (key, session) => {
        kept.push({ key, sealed: session.sealed });
        return store.keepSession(key, session);
      },
    };
    const tokens = await rotating.issue();
    const { secret } = await gateway(spied).begin(tokens, { subject: 'p-1', expiresAtMs: now + lifeMs });
    const [row] = kept;
    const everything = JSON.stringify(kept) + Buffer.from(row!.sealed, 'base64url').toString('latin1');
    for (const hidden of [secret, tokens.accessToken, 'refresh-0', 'id-token', 'p-1'])
      expect(everything).not.toContain(hidden);
    // What is in the store is neither a cookie nor a key.
    await expect(gateway().admit(row!.key)).rejects.toThrow(SessionEnded);
    expect(unseal(row!.key, row!.sealed)).toBeUndefined();
  });

  it('that somebody has written into the store is none', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    const attackers = newSecret();
    const forged = seal(
      attackers,
      JSON.stringify({ accessToken: 'a', subject: 'p-2', issuedAtMs: 0, expiresAtMs: now * 2 }),
    );
    await store.replaceSession(storeKeyOf(secret), 1, forged);
    await expect(sessions.admit(secret)).rejects.toThrow(SessionEnded);
  });

  it('ends after 14 days, however often it was renewed', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    const ends = start + sessionMs;
    while (now + lifeMs < ends) {
      now += 12 * 3_600_000;
      if (now >= ends) break;
      const { expiresAtMs } = await sessions.admit(secret);
      expect(expiresAtMs).toBe(Math.min(now + lifeMs, ends));
    }
    now = ends - 60_000;
    expect((await sessions.admit(secret)).expiresAtMs).toBe(ends);
    now = ends;
    await expect(sessions.admit(secret)).rejects.toThrow(SessionEnded);
    expect(await store.findSession(storeKeyOf(secret))).toBeUndefined();
  });

  it('ends with its token where the issuer gives nothing to renew it with', async () => {
    const sessions = gateway();
    const { accessToken } = await rotating.issue();
    const { secret, maxAgeSeconds } = await sessions.begin(
      { accessToken },
      { subject: 'p-1', expiresAtMs: now + lifeMs },
    );
    expect(maxAgeSeconds).toBe(600);
    now += lifeMs - 1;
    expect((await sessions.admit(secret)).subject).toBe('p-1');
    now += 1;
    await expect(sessions.admit(secret)).rejects.toThrow(SessionEnded);
  });

  it('ends when its token is not taken any more, for one because the issuer has other keys', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions, { accessToken: 'e30.e30.e30' });
    await expect(sessions.admit(secret)).rejects.toThrow(SessionEnded);
    expect(await store.findSession(storeKeyOf(secret))).toBeUndefined();
  });
});

describe('the renewal of a token', () => {
  const nearItsEnd = lifeMs - 100_000;

  it('happens some time before it expires, while requests go on with the one that is there', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    now += nearItsEnd;
    const letGo = heldBack();
    const answers = await Promise.all(Array.from({ length: 20 }, () => sessions.admit(secret)));
    expect(new Set(answers.map(({ expiresAtMs }) => expiresAtMs))).toEqual(new Set([start + lifeMs]));
    letGo();
    await settled();
    expect(rotating.used).toEqual(['refresh-0']);
    expect((await sessions.admit(secret)).expiresAtMs).toBe(now + lifeMs);
    // And again with the refresh token that came with it.
    now += lifeMs;
    expect((await sessions.admit(secret)).expiresAtMs).toBe(now + lifeMs);
    expect(rotating.used).toEqual(['refresh-0', 'refresh-1']);
  });

  it('is waited for once the token has expired, and happens once for all that wait', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    now += lifeMs + 60_000;
    const answers = await Promise.all(Array.from({ length: 20 }, () => sessions.admit(secret)));
    expect(new Set(answers.map(({ expiresAtMs }) => expiresAtMs))).toEqual(new Set([now + lifeMs]));
    expect(rotating.used).toEqual(['refresh-0']);
  });

  it.each([nearItsEnd, lifeMs + 1_000])(
    'uses a refresh token once, whichever of five gateways does it (%d ms after the log-in)',
    async (afterMs) => {
      const gateways = Array.from({ length: 5 }, () => gateway());
      const { secret } = await logIn(gateways[0]!);
      for (let round = 0; round < 5; round += 1) {
        now += afterMs;
        await Promise.all(
          gateways.flatMap((each) => [each.admit(secret), each.admit(secret), each.admit(secret)]),
        );
        await settled();
      }
      expect(rotating.used).toEqual(['refresh-0', 'refresh-1', 'refresh-2', 'refresh-3', 'refresh-4']);
      for (const each of gateways) expect((await each.admit(secret)).expiresAtMs).toBe(now + lifeMs);
    },
  );

  it('by another gateway is not waited for as long as the token is good, and waited for when it is not', async () => {
    const [one, other] = [gateway(), gateway()];
    const { secret } = await logIn(one);
    now += lifeMs - 5_000;
    const letGo = heldBack();
    await one.admit(secret);
    await until(async () => (await store.findSession(storeKeyOf(secret)))?.version === 2);
    expect((await other.admit(secret)).expiresAtMs).toBe(start + lifeMs);
    now += 6_000;
    const waiting = other.admit(secret);
    letGo();
    expect((await waiting).expiresAtMs).toBe(now + lifeMs);
    expect(rotating.used).toEqual(['refresh-0']);
  });

  it('is taken over from a gateway that died over it', async () => {
    const [dead, alive] = [gateway(), gateway()];
    const { secret } = await logIn(dead);
    now += lifeMs;
    const letGo = heldBack();
    const lost = dead.admit(secret);
    await until(async () => (await store.findSession(storeKeyOf(secret)))?.version === 2);
    // What it had begun never reached the issuer.
    const { gate } = rotating;
    rotating.gate = Promise.resolve();
    const waiting = alive.admit(secret);
    now += 20_000;
    expect((await waiting).expiresAtMs).toBe(now + lifeMs);
    expect(rotating.used).toEqual(['refresh-0']);

    // And if it lives after all, it does no harm.
    rotating.reachable = false;
    letGo();
    await gate;
    await expect(lost).rejects.toThrow(IssuerUnavailable);
    expect((await alive.admit(secret)).expiresAtMs).toBe(now + lifeMs);
  });

  it('ends the session when the issuer refuses it, in front of all gateways', async () => {
    const [one, other] = [gateway(), gateway()];
    const { secret } = await logIn(one);
    const told: string[] = [];
    one.whenOver(secret, () => void told.push('one'));
    other.whenOver(secret, () => void told.push('other'));
    rotating.end();
    now += lifeMs;
    const answers = await Promise.allSettled([one.admit(secret), other.admit(secret), one.admit(secret)]);
    for (const answer of answers) expect(answer).toMatchObject({ reason: { name: 'SessionEnded' } });
    expect(await store.findSession(storeKeyOf(secret))).toBeUndefined();
    expect(rotating.used).toHaveLength(1);
    expect(told.sort()).toEqual(['one', 'other']);
  });

  it('is put off while the issuer cannot be reached: requests go on while the token is good, then fail without delay', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    rotating.reachable = false;
    now += nearItsEnd;
    expect((await sessions.admit(secret)).subject).toBe('p-1');
    await settled();
    now = start + lifeMs;
    await expect(sessions.admit(secret)).rejects.toThrow(IssuerUnavailable);
    // Within the next seconds the issuer is not asked again.
    rotating.reachable = true;
    await expect(sessions.admit(secret)).rejects.toThrow(IssuerUnavailable);
    now += 5_000;
    expect((await sessions.admit(secret)).subject).toBe('p-1');
    expect(rotating.used).toEqual(['refresh-0']);
  });

  it('does not bring back a session that was ended meanwhile, and leaves no refresh token behind', async () => {
    const [one, other] = [gateway(), gateway()];
    const { secret } = await logIn(one);
    now += lifeMs;
    const letGo = heldBack();
    const waiting = one.admit(secret);
    await until(async () => (await store.findSession(storeKeyOf(secret)))?.version === 2);
    await other.end(secret);
    letGo();
    await expect(waiting).rejects.toThrow(SessionEnded);
    expect(await store.findSession(storeKeyOf(secret))).toBeUndefined();
    expect(rotating.revoked).toEqual(['refresh-1']);
  });

  it('never makes a session that of somebody else', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    rotating.subject = 'p-2';
    now += lifeMs;
    await expect(sessions.admit(secret)).rejects.toThrow(SessionEnded);
    expect(await store.findSession(storeKeyOf(secret))).toBeUndefined();
  });

  it('keeps the refresh token where the issuer sends no new one', async () => {
    const sessions = gateway();
    const { secret } = await logIn(sessions);
    const { renew } = rotating.client;
    const asked: string[] = [];
    Object.assign(rotating.client, {
      renew: async (refreshToken: string): Promise<IssuedTokens> => {
        asked.push(refreshToken);
        const { accessToken } = await rotating.issue();
        return { accessToken };
      },
    });
    now += lifeMs;
    await sessions.admit(secret);
    now += lifeMs;
    await sessions.admit(secret);
    expect(asked).toEqual(['refresh-0', 'refresh-0']);
    expect((await sessions.end(secret))?.idToken).toBe('id-token');
    Object.assign(rotating.client, { renew });
  });

  it.each(['not-written', 'unknown'] as const)(
    'is kept though the store fails for a moment (%s): the refresh token is spent',
    async (outcome) => {
      let failing = 2;
      const shaky: GatewayStore = {
        ...store,
        replaceSession: async (key, version, sealed) => {
          if (version !== 2 || failing === 0) return store.replaceSession(key, version, sealed);
          failing -= 1;
          if (outcome === 'unknown') await store.replaceSession(key, version, sealed);
          throw new StoreUnavailable('down', outcome, 'unreachable');
        },
      };
      const sessions = gateway(shaky);
      const { secret } = await logIn(sessions);
      now += lifeMs;
      expect((await sessions.admit(secret)).expiresAtMs).toBe(now + lifeMs);
      expect([failing, rotating.used]).toEqual([0, ['refresh-0']]);
      expect((await gateway().admit(secret)).expiresAtMs).toBe(now + lifeMs);
    },
  );
});

describe('sessions that are over', () => {
  it('are removed, others stay', async () => {
    const sessions = gateway();
    const { secret: old } = await logIn(sessions);
    now += sessionMs;
    const { secret: young } = await logIn(sessions);
    await store.pruneSessions(new Date(now + 1).toISOString());
    expect(await store.findSession(storeKeyOf(old))).toBeUndefined();
    expect(await store.findSession(storeKeyOf(young))).toBeDefined();
  });
});

const until = async (isMet: () => Promise<boolean>): Promise<void> => {
  while (!(await isMet())) await new Promise((resolve) => setImmediate(resolve));
};
