import type { Scheduled } from '@hse/event-sourcing';

/** What is to be called back at some instant, in order. Knows no clock; private to the clocks. */
export interface Alarms {
  /** Among equals, the first set is the first called. */
  set(at: number, callback: () => void): Scheduled;
  /** The instant of the next one. */
  next(): number | undefined;
  /**
   * Calls back everything set for `now` or before, soonest first, except what is set meanwhile.
   * When a callback throws, the ones after it stay set.
   */
  ring(now: number): void;
}

export const createAlarms = (onChange: () => void): Alarms => {
  interface Alarm {
    readonly at: number;
    readonly order: number;
    readonly callback: () => void;
  }
  const alarms: Alarm[] = []; // sorted, the next one last, where taking it off is cheap
  let set = 0;

  /** Where in the array the alarm is, or belongs. */
  const placeOf = ({ at, order }: { at: number; order: number }): number => {
    let low = 0;
    let high = alarms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = alarms[middle] as Alarm; // within bounds
      if (other.at > at || (other.at === at && other.order > order)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    set: (at, callback) => {
      if (Number.isNaN(at)) throw new RangeError('an alarm needs an instant, not NaN');
      const alarm = { at, order: set++, callback };
      alarms.splice(placeOf(alarm), 0, alarm);
      onChange();
      return {
        cancel: () => {
          const place = placeOf(alarm);
          if (alarms[place] !== alarm) return;
          alarms.splice(place, 1);
          onChange();
        },
      };
    },
    next: () => alarms.at(-1)?.at,
    ring: (now) => {
      const before = set;
      for (;;) {
        // What was set meanwhile may lie between: look for the next one that was there before.
        let place = alarms.length - 1;
        while (place >= 0 && (alarms[place] as Alarm).order >= before) place -= 1;
        const alarm = alarms[place];
        if (!alarm || alarm.at > now) return;
        alarms.splice(place, 1);
        alarm.callback();
      }
    },
  };
};
