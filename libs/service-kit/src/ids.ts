import type { Ids } from '@hse/event-sourcing';
import { v7 } from 'uuid';

/** Time-ordered UUIDs (RFC 9562, version 7): those made by one process sort in the order they were made in. */
export const createUuids = (): Ids => ({ next: () => v7() });

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
