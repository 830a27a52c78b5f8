import { useSyncExternalStore } from 'react';
import { keep, readKept } from '../browser-storage.ts';

/** What somebody has chosen in this browser. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** `profile`, `device`, or an IANA name. */
  readonly timeZone: string;
  /** Whether the calendar shows what was rejected or cancelled. */
  readonly showClosed: boolean;
  /** How the calendar is shown; not there until somebody has chosen. */
  readonly view?: 'month' | 'week' | 'list';
}

const key = 'preferences';
const defaults: Preferences = { theme: 'system', timeZone: 'profile', showClosed: true };
const listeners = new Set<() => void>();

const read = (): Preferences => ({
  ...defaults,
  ...(readKept('localStorage', key) as Partial<Preferences> | undefined),
});

let present = read();

/** Puts the chosen theme on the page; once at the start, and with every change. */
export const showTheme = (): void => {
  const { theme } = present;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

const changed = (next: Preferences): void => {
  present = next;
  showTheme();
  for (const listener of listeners) listener();
};

/** Keeps a choice in this browser, for every tab. */
export const choose = (choice: Partial<Preferences>): void => {
  const next = { ...present, ...choice };
  keep('localStorage', key, next);
  changed(next);
};

addEventListener('storage', (event) => {
  if (event.key === key || event.key === null) changed(read());
});

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => present);
