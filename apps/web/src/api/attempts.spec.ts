import { describe, expect, it } from '@jest/globals';
import { createAttempts, rememberedMs } from './attempts.ts';
import { ApiProblem, NetworkFailure } from './problem.ts';

const tuesday = { with: 'p-2', startsAt: '2026-11-24T14:00:00.000Z' };
const friday = { with: 'p-2', startsAt: '2026-11-27T14:00:00.000Z' };

/** Attempts in a tab; `reloaded` has what the tab kept. */
const start = () => {
  let present = Date.parse('2026-11-22T12:00:00.000Z');
  let made = 0;
  let kept: string | undefined;
  const inPage = () =>
    createAttempts({
      newKey: () => `key ${(made += 1)}`,
      now: () => present,
      read: () => (kept === undefined ? undefined : (JSON.parse(kept) as unknown)),
      write: (unanswered) => (kept = unanswered && JSON.stringify(unanswered)),
    });
  return {
    attempts: inPage(),
    reloaded: inPage,
    pass: (ms: number) => (present += ms),
    kept: () => kept,
  };
};

describe('the same request is sent again with the same key', () => {
  for (const [name, error] of [
    ['no answer came', new NetworkFailure()],
    ['the server failed, and may have carried it out', new ApiProblem(500, { code: 'internal-error' })],
    ['what records changes could not be reached', new ApiProblem(503, { code: 'unavailable' })],
    ['nothing could be recorded', new ApiProblem(507, { code: 'storage-full' })],
    ['the log-in is over, and what became of an earlier attempt is not known', new ApiProblem(401, {})],
    ['the answer could not be read', new TypeError('no JSON')],
  ] as const)
    it(`when ${name}`, () => {
      const { attempts } = start();
      const key = attempts.keyOf(tuesday);
      attempts.ended(tuesday, error);
      expect(attempts.keyOf({ ...tuesday })).toBe(key);
    });

  it('while the first is on its way', () => {
    const { attempts } = start();
    expect(attempts.keyOf(tuesday)).toBe(attempts.keyOf(tuesday));
  });

  it('whatever else was sent in between', () => {
    const { attempts } = start();
    const key = attempts.keyOf(tuesday);
    attempts.ended(tuesday, new NetworkFailure());
    attempts.keyOf(friday);
    attempts.ended(friday, undefined);
    expect(attempts.keyOf(tuesday)).toBe(key);
  });

  it('after the page was loaded anew', () => {
    const { attempts, reloaded } = start();
    const key = attempts.keyOf(tuesday);
    expect(reloaded().keyOf(tuesday)).toBe(key);
  });
});

describe('a new key is made', () => {
  it('after success', () => {
    const { attempts, kept } = start();
    const key = attempts.keyOf(tuesday);
    attempts.ended(tuesday, undefined);
    expect(kept()).toBeUndefined();
    expect(attempts.keyOf(tuesday)).not.toBe(key);
  });

  for (const status of [400, 403, 404, 409, 412, 422])
    it(`after a refusal with ${status}`, () => {
      const { attempts } = start();
      const key = attempts.keyOf(tuesday);
      attempts.ended(tuesday, new ApiProblem(status, {}));
      expect(attempts.keyOf(tuesday)).not.toBe(key);
    });

  it('for another request', () => {
    const { attempts } = start();
    const key = attempts.keyOf(tuesday);
    attempts.ended(tuesday, new NetworkFailure());
    expect(attempts.keyOf(friday)).not.toBe(key);
  });

  it('after a quarter of an hour, when the same wish is another one', () => {
    const { attempts, pass } = start();
    const key = attempts.keyOf(tuesday);
    attempts.ended(tuesday, new NetworkFailure());
    pass(rememberedMs - 1);
    expect(attempts.keyOf(tuesday)).toBe(key);
    pass(1);
    expect(attempts.keyOf(tuesday)).not.toBe(key);
  });
});
