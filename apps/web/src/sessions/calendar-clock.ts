import type { PluginInput } from '@fullcalendar/react';

/** A clock that FullCalendar marks today and the present time by. */
export interface CalendarClock {
  readonly plugin: PluginInput;
  /** For FullCalendar's option of the same name. */
  now(): Date;
  /** What time it is: milliseconds since 1970. Marks move at once. */
  set(now: number): void;
}

/**
 * FullCalendar asks for the time when its own timer fires, which goes by the device's clock. The service's clock may be
 * simulated and jump by days, so this one makes it ask again.
 * @param start the time until `set` is called.
 */
export const createCalendarClock = (start: number): CalendarClock => {
  let present = start;
  let refresh: (() => void) | undefined;
  const now = (): Date => new Date(present);
  return {
    now,
    set: (next) => {
      if (next === present) return;
      present = next;
      refresh?.();
    },
    plugin: {
      name: 'service-clock',
      contextInit: (context) => {
        refresh = () => {
          const { nowManager, dateEnv } = context.getCurrentData();
          // It tells its listeners when it is given another environment, so it is given another one and then its own again.
          nowManager.handleInput(Object.create(dateEnv) as typeof dateEnv, now);
          nowManager.handleInput(dateEnv, now);
        };
      },
    },
  };
};
