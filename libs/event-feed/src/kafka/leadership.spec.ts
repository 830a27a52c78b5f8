import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeProgress,
  encodeProgress,
  evolveLeadership,
  noLeadership,
  type Leadership,
  type ProgressMessage,
} from './leadership.ts';

const messages = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('claim' as const),
      epoch: fc.integer({ min: 1, max: 6 }),
      instance: fc.constantFrom('a', 'b'),
      token: fc.uuid(), // no two claims have the same
    }),
    fc.record({
      type: fc.constant('progress' as const),
      epoch: fc.integer({ min: 0, max: 6 }),
      position: fc.nat(100),
      offsets: fc.array(fc.nat(9), { maxLength: 2 }),
    }),
    fc.record({ type: fc.constant('release' as const), epoch: fc.integer({ min: 0, max: 6 }) }),
  ),
  { maxLength: 40 },
);

const fold = (log: readonly ProgressMessage[]): Leadership => log.reduce(evolveLeadership, noLeadership);

/** What compaction may leave: of each key at least the latest, in the same order. */
const compacted = (log: readonly ProgressMessage[], upTo: number): ProgressMessage[] =>
  log.filter(
    (message, at) =>
      at >= upTo ||
      !log.slice(at + 1).some((later) => encodeProgress(later).key === encodeProgress(message).key),
  );

describe('who publishes, by the log of claims', () => {
  it('of all claims of an epoch the first in the log counts, and no other', () => {
    fc.assert(
      fc.property(messages, (log) => {
        let now = noLeadership;
        for (const message of log) {
          const next = evolveLeadership(now, message);
          if (message.type === 'claim' && message.epoch === now.epoch + 1)
            expect(next).toEqual({ ...now, ...pick(message), released: false });
          else expect([next.epoch, next.token]).toEqual([now.epoch, now.token]);
          now = next;
        }
      }),
    );
  });

  it('what a superseded leader writes changes nothing', () => {
    fc.assert(
      fc.property(messages, messages, (before, after) => {
        const now = fold(before);
        const late = after.filter(({ type, epoch }) => type !== 'claim' && epoch < now.epoch);
        expect(late.reduce(evolveLeadership, now)).toBe(now);
      }),
    );
  });

  it('compaction leaves who leads as it was, and a position that has been reached', () => {
    fc.assert(
      fc.property(messages, fc.nat(40), (log, upTo) => {
        const whole = fold(log);
        const rest = fold(compacted(log, Math.min(upTo, log.length)));
        expect([rest.epoch, rest.token, rest.instance]).toEqual([whole.epoch, whole.token, whole.instance]);
        const reached = new Set([0]);
        let now = noLeadership;
        for (const message of log) reached.add((now = evolveLeadership(now, message)).position);
        expect(reached).toContain(rest.position);
      }),
    );
  });

  it('a claim keeps a key of its own; progress of an epoch replaces what was said before', () => {
    const claim = { type: 'claim', epoch: 3, instance: 'a', token: 't' } as const;
    const progress = { type: 'progress', epoch: 3, position: 7, offsets: [1, 0] } as const;
    expect(encodeProgress(claim).key).toBe('claim-3-t');
    expect(encodeProgress(progress).key).toBe('progress-3');
    for (const message of [claim, progress, { type: 'release', epoch: 3 } as const])
      expect(decodeProgress(Buffer.from(encodeProgress(message).value))).toEqual(message);
  });

  it('what is no such message is of no consequence', () => {
    for (const value of [null, '', 'x', '{}', 'null', '{"type":"progress","epoch":1}', '{"epoch":-1}'])
      expect(decodeProgress(value)).toBeUndefined();
  });
});

const pick = ({ epoch, instance, token }: Extract<ProgressMessage, { type: 'claim' }>) => ({
  epoch,
  instance,
  token,
});
