import { useSyncExternalStore } from 'react';

/*
 * The service's clock as this page knows it: deadlines are the service's, and its clock may be simulated, or this device's
 * may be wrong. Each answer that carries a reading sets it; in between it runs as the device's does.
 */
let ahead = 0;
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** Milliseconds since 1970 on the service's clock. */
export const now = (): number => Date.now() + ahead;

/** Milliseconds since 1970 on this device's clock. */
export const deviceTime = (): number => Date.now();

/**
 * The clock reads this instant. Readings that differ by less than a second change nothing: that is the network.
 * @param at when it did, on this device's clock; default: now.
 */
export const setClock = (reading: string, at = Date.now()): void => {
  const offset = Date.parse(reading) - at;
  if (Number.isNaN(offset) || Math.abs(offset - ahead) < 1_000) return;
  ahead = offset;
  tell();
};

const tell = (): void => {
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  ticking ??= setInterval(tell, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
};

/**
 * The time as something that is shown, rounded down to whole steps, so that what shows it renders once per step.
 * @param stepMs default: ten seconds.
 */
export const useNow = (stepMs = 10_000): number =>
  useSyncExternalStore(subscribe, () => Math.floor(now() / stepMs) * stepMs);

/** How many of these instants have come, and a second has passed since: by then they have come for the service as well. */
export const usePassed = (instants: readonly string[]): number =>
  useSyncExternalStore(
    subscribe,
    () => instants.filter((instant) => Date.parse(instant) + 1_000 <= now()).length,
  );
