import { useEffect, useSyncExternalStore } from 'react';
import styles from './announcer.module.css';

interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** Milliseconds that a text stays to be read. */
const staysMs = 7_000;

let announcements: readonly Announcement[] = [];
let last = 0;
const listeners = new Set<() => void>();

const set = (next: readonly Announcement[]): void => {
  announcements = next;
  for (const listener of listeners) listener();
};

/** Says something that has happened, on the screen and to screen readers, without taking the focus. */
export const announce = (text: string): void => {
  last += 1;
  set([...announcements.filter((other) => other.text !== text).slice(-2), { id: last, text }]);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Where announcements appear; once in the app, and always there, because screen readers only watch what they have seen before. */
export const Announcer = () => {
  const shown = useSyncExternalStore(subscribe, () => announcements);
  return (
    // The attribute keeps dialogs from hiding it from screen readers, as they hide all else behind them.
    <div className={styles.place} role="status" aria-live="polite" data-live-announcer="true">
      {shown.map((announcement) => (
        <Shown key={announcement.id} {...announcement} />
      ))}
    </div>
  );
};

const Shown = ({ id, text }: Announcement) => {
  useEffect(() => {
    const timer = setTimeout(() => set(announcements.filter((other) => other.id !== id)), staysMs);
    return () => clearTimeout(timer);
  }, [id]);
  return <p className={styles.announcement}>{text}</p>;
};
