import type { Clock } from '@hse/event-sourcing';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Most sessions, codes, grants and tokens that are kept at a time; the oldest go first. */
const capacity = 10_000;

/**
 * What the embedded issuer remembers of log-ins under way and sessions: in memory, gone with the process. Its signing keys
 * are not among it, so access tokens outlive a restart; who wants another one logs in again.
 */
export const createProviderMemory = (wallClock: Pick<Clock, 'now'>): ((model: string) => Adapter) => {
  const entries = new Map<string, { payload: AdapterPayload; expiresAtMs: number }>();
  const idByUid = new Map<string, string>();
  const idByUserCode = new Map<string, string>();
  const keysByGrant = new Map<string, Set<string>>();

  const forget = (key: string): void => {
    const entry = entries.get(key);
    entries.delete(key);
    if (!entry) return;
    const { uid, userCode, grantId } = entry.payload;
    if (uid !== undefined) idByUid.delete(uid);
    if (userCode !== undefined) idByUserCode.delete(userCode);
    if (grantId === undefined) return;
    const keys = keysByGrant.get(grantId);
    keys?.delete(key);
    if (keys?.size === 0) keysByGrant.delete(grantId);
  };

  return (model) => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const find = (id: string | undefined): Promise<AdapterPayload | undefined> => {
      const entry = id === undefined ? undefined : entries.get(keyOf(id));
      if (id !== undefined && entry && entry.expiresAtMs <= wallClock.now()) {
        forget(keyOf(id));
        return Promise.resolve(undefined);
      }
      return Promise.resolve(entry?.payload);
    };
    return {
      upsert: (id, payload, expiresInSeconds) => {
        const key = keyOf(id);
        forget(key);
        // Without a time to live: a grant, say, that ends with its session.
        const livesMs = (expiresInSeconds ?? Infinity) * 1_000;
        entries.set(key, { payload, expiresAtMs: wallClock.now() + livesMs });
        if (payload.uid !== undefined) idByUid.set(payload.uid, id);
        if (payload.userCode !== undefined) idByUserCode.set(payload.userCode, id);
        if (payload.grantId !== undefined) {
          const keys = keysByGrant.get(payload.grantId) ?? new Set();
          keysByGrant.set(payload.grantId, keys.add(key));
        }
        if (entries.size > capacity) {
          const [oldest] = entries.keys();
          if (oldest !== undefined) forget(oldest);
        }
        return Promise.resolve();
      },
      find,
      findByUid: (uid) => find(idByUid.get(uid)),
      findByUserCode: (userCode) => find(idByUserCode.get(userCode)),
      consume: (id) => {
        const entry = entries.get(keyOf(id));
        if (entry) entry.payload.consumed = Math.floor(wallClock.now() / 1_000);
        return Promise.resolve();
      },
      destroy: (id) => {
        forget(keyOf(id));
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const key of [...(keysByGrant.get(grantId) ?? [])]) forget(key);
        return Promise.resolve();
      },
    };
  };
};
