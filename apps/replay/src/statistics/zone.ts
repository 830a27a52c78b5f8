const HOUR_MS = 3_600_000;
const remembered = 20_000;

/** Where in the week an instant lies, by the clocks of a time zone. */
export interface WeekTime {
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** The Monday of that week, `2026-11-23`. */
  readonly week: string;
}

/**
 * Reads instants (milliseconds since 1970) by the clocks of an IANA time zone. Asks for the offset once per quarter of an hour, which is as
 * often as any zone changes it, and remembers some thousands of them.
 * @throws RangeError for a zone that is not known.
 */
export const createWeekTimes = (timeZone: string): ((epochMs: number) => WeekTime) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, number>();
  const offsetAt = (epochMs: number): number => {
    const quarter = Math.floor(epochMs / (HOUR_MS / 4));
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
        /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(name) ?? [];
      offset =
        (sign === '-' ? -1000 : 1000) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
      if (offsets.size >= remembered) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };
  return (epochMs) => {
    const localMs = epochMs + offsetAt(epochMs);
    const hours = Math.floor(localMs / HOUR_MS);
    const days = Math.floor(hours / 24);
    const weekday = (((days + 3) % 7) + 7) % 7; // 1 January 1970 was a Thursday
    return {
      weekday,
      hour: hours - days * 24,
      week: new Date((days - weekday) * 24 * HOUR_MS).toISOString().slice(0, 10),
    };
  };
};
