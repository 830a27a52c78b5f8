import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLookAhead } from './look-ahead.ts';

describe('The look-ahead', () => {
  it('knows nothing at first, and asks to look at once', () => {
    expect(createLookAhead(10).wakeAt()).toBe(-Infinity);
  });

  it('wakes at the first instant, then the next, then at its horizon', () => {
    const lookAhead = createLookAhead(10);
    lookAhead.open();
    for (const at of [30, 10, 20, 10]) lookAhead.note(at);
    lookAhead.close(50);
    const wakes = [];
    for (let at = lookAhead.wakeAt(); at < 50; at = lookAhead.wakeAt()) {
      wakes.push(at);
      lookAhead.pass(at);
    }
    expect(wakes).toEqual([10, 20, 30]);
    expect(lookAhead.wakeAt()).toBe(50);
  });

  it('does not remember what lies beyond the horizon', () => {
    const lookAhead = createLookAhead(10);
    lookAhead.open();
    lookAhead.note(60);
    lookAhead.close(50);
    lookAhead.note(51);
    lookAhead.note(50);
    expect(lookAhead.size()).toBe(1);
  });

  it('never wakes later than the first instant that was noted, and never remembers more than its limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 30 }),
        (limit, whileOpen, afterwards, horizon) => {
          const lookAhead = createLookAhead(limit);
          lookAhead.open();
          for (const at of whileOpen) lookAhead.note(at);
          lookAhead.close(horizon);
          for (const at of afterwards) lookAhead.note(at);
          expect(lookAhead.size()).toBeLessThanOrEqual(limit);
          const noted = [...whileOpen, ...afterwards].sort((a, b) => a - b);
          // Whoever wakes at the horizon looks again: waking at each instant up to there misses none.
          for (const at of noted) {
            if (at > lookAhead.horizon()) break;
            lookAhead.pass(at - 1);
            expect(lookAhead.wakeAt()).toBeLessThanOrEqual(at);
          }
          expect(lookAhead.horizon()).toBeLessThanOrEqual(horizon);
        },
      ),
    );
  });
});
