import { randomFillSync } from 'node:crypto';
import type { Ids } from '@hse/event-sourcing';
import { v7 } from 'uuid';

/** Random bytes are drawn for this many ids at once: each draw is a call of the operating system. */
const idsPerDraw = 256;
const bytesPerId = 16;
/** The counter within a millisecond has 31 bits (RFC 9562, section 6.2, method 1). */
const counterSpan = 2 ** 31;

/** Time-ordered UUIDs (RFC 9562, version 7): those made by one process sort in the order they were made in. */
export const createUuids = (): Ids => {
  const pool = new Uint8Array(idsPerDraw * bytesPerId);
  let used = pool.length;
  let msecs = 0;
  let seq = 0;
  return {
    next: () => {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const random = pool.subarray(used, (used += bytesPerId));
      const now = Date.now();
      if (now > msecs) {
        msecs = now;
        // The upper half stays free to count in.
        seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 2;
      } else if (++seq === counterSpan) {
        msecs += 1; // a clock that was set back can stand for long
        seq = 0;
      }
      return v7({ msecs, seq, random });
    },
  };
};

/**
 * UUIDs that are counted, for tests and simulations: the same ones in every run.
 * @param series 0 to 65535; two series have no id in common. Default 0.
 */
export const createSequentialUuids = (series = 0): Ids => {
  if (!(Number.isInteger(series) && series >= 0 && series <= 0xffff))
    throw new RangeError(`a series is a whole number from 0 to 65535, not ${series}`);
  const prefix = `00000000-${series.toString(16).padStart(4, '0')}-7000-8000-`;
  let count = 0;
  return { next: () => prefix + (++count).toString(16).padStart(12, '0') };
};
