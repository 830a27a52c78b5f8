import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { chosenSlot, clockChangeWithin, localSlotOf, placeSlot, type LocalSlot } from './local-slot.ts';

const at = (day: string, time: string, minutes = 60, which: 'earlier' | 'later' = 'earlier'): LocalSlot => ({
  day,
  time,
  minutes,
  which,
});

const slot = (startsAt: string, endsAt: string) => ({ startsAt, endsAt });

describe('a local slot', () => {
  it('is an instant on an ordinary day', () => {
    expect(placeSlot(at('2026-11-24', '14:00'), 'Europe/Berlin')).toEqual({
      kind: 'one',
      slot: slot('2026-11-24T13:00:00.000Z', '2026-11-24T14:00:00.000Z'),
    });
    expect(placeSlot(at('2026-11-24', '14:00', 45), 'Asia/Kolkata')).toEqual({
      kind: 'one',
      slot: slot('2026-11-24T08:30:00.000Z', '2026-11-24T09:15:00.000Z'),
    });
  });

  it('is nowhere until everything is filled in', () => {
    const whole = at('2026-11-24', '14:00');
    for (const missing of ['day', 'time', 'minutes'])
      expect(placeSlot({ ...whole, [missing]: null }, 'Europe/Berlin')).toEqual({ kind: 'incomplete' });
    expect(chosenSlot({ ...whole, time: null }, 'Europe/Berlin')).toBeUndefined();
  });

  it.each([
    // [zone, day, time, what it becomes]
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:30:00.000Z'], // 03:30
    ['Europe/Berlin', '2026-03-29', '02:00', '2026-03-29T01:00:00.000Z'], // 03:00
    ['America/New_York', '2027-03-14', '02:59', '2027-03-14T07:59:00.000Z'], // 03:59
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:45:00.000Z'], // 02:45
    ['Africa/Casablanca', '2026-03-22', '02:30', '2026-03-22T02:30:00.000Z'], // 03:30
    ['Pacific/Apia', '2011-12-30', '10:00', '2011-12-30T20:00:00.000Z'], // 31 December, 10:00
  ])('does not exist where the clocks are put forward: %s %s %s', (zone, day, time, startsAt) => {
    const placed = placeSlot(at(day, time, 30), zone);
    expect(placed).toEqual({
      kind: 'none',
      becomes: slot(startsAt, new Date(Date.parse(startsAt) + 30 * 60_000).toISOString()),
    });
    expect(chosenSlot(at(day, time, 30), zone)).toBeUndefined();
  });

  it('says what a time that does not exist becomes', () => {
    const placed = placeSlot(at('2026-03-29', '02:30'), 'Europe/Berlin');
    if (placed.kind !== 'none') throw new Error(placed.kind);
    expect(localSlotOf(placed.becomes, 'Europe/Berlin')).toEqual(at('2026-03-29', '03:30'));
  });

  it.each([
    // [zone, day, time, first, second]
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ['America/New_York', '2026-11-01', '01:00', '2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z'],
    ['Africa/Casablanca', '2026-02-15', '02:30', '2026-02-15T01:30:00.000Z', '2026-02-15T02:30:00.000Z'],
  ])('is two instants where the clocks are put back: %s %s %s', (zone, day, time, first, second) => {
    const placed = placeSlot(at(day, time), zone);
    if (placed.kind !== 'twice') throw new Error(placed.kind);
    expect([placed.earlier.startsAt, placed.later.startsAt]).toEqual([first, second]);
    expect(chosenSlot(at(day, time), zone)?.startsAt).toBe(first);
    expect(chosenSlot(at(day, time, 60, 'later'), zone)?.startsAt).toBe(second);
    expect(localSlotOf(placed.earlier, zone)).toEqual(at(day, time));
    expect(localSlotOf(placed.later, zone)).toEqual(at(day, time, 60, 'later'));
  });

  it('has the first and the last minute of a change on the right side', () => {
    const kind = (day: string, time: string) => placeSlot(at(day, time), 'Europe/Berlin').kind;
    expect(['01:59', '02:00', '02:59', '03:00'].map((time) => kind('2026-03-29', time))).toEqual([
      'one',
      'none',
      'none',
      'one',
    ]);
    expect(['01:59', '02:00', '02:59', '03:00'].map((time) => kind('2026-10-25', time))).toEqual([
      'one',
      'twice',
      'twice',
      'one',
    ]);
  });

  it('lasts as long as it says, across a change of the clocks', () => {
    const night = chosenSlot(at('2026-03-29', '01:30', 60), 'Europe/Berlin');
    if (!night) throw new Error('no slot');
    expect(night).toEqual(slot('2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z'));
    expect(clockChangeWithin(night, 'Europe/Berlin')).toBe(60);
    expect(clockChangeWithin(night, 'Asia/Kolkata')).toBe(0);
    const back = slot('2026-04-04T14:45:00.000Z', '2026-04-04T15:45:00.000Z');
    expect(clockChangeWithin(back, 'Australia/Lord_Howe')).toBe(-30);
  });
});

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'America/St_Johns',
  'UTC',
];

const anyZone = fc.constantFrom(...zones);
const anyMinutes = fc.integer({ min: 15, max: 480 });
const pad = (value: number) => String(value).padStart(2, '0');

/** The minutes since 1970 at which the zone's clocks were or will be changed. */
const changesOf = (zone: string): number[] => {
  const changes: number[] = [];
  let next = Temporal.Instant.from('2009-01-01T00:00Z')
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition('next');
  while (next && next.year < 2032) {
    changes.push(next.epochMilliseconds / 60_000);
    next = next.getTimeZoneTransition('next');
  }
  return changes;
};
const changes = new Map(zones.map((zone) => [zone, changesOf(zone)]));

/** Instants at any minute, most of them within two hours or two days of a change of the zone's clocks. */
const zoneAndInstant = anyZone.chain((zone) => {
  const anywhere = fc.integer({ min: Date.UTC(2009) / 60_000, max: Date.UTC(2032) / 60_000 });
  const own = changes.get(zone) ?? [];
  const near = (width: number) =>
    fc
      .tuple(fc.constantFrom(...own), fc.integer({ min: -width, max: width }))
      .map(([change, away]) => change + away);
  const minutes = own.length === 0 ? anywhere : fc.oneof(anywhere, near(120), near(2_880));
  return minutes.map((minute) => ({ zone, startMs: minute * 60_000 }));
});

describe('any slot', () => {
  it('is the same after it was written down and read again', () => {
    fc.assert(
      fc.property(zoneAndInstant, anyMinutes, ({ zone, startMs }, minutes) => {
        const instants = slot(
          new Date(startMs).toISOString(),
          new Date(startMs + minutes * 60_000).toISOString(),
        );
        const local = localSlotOf(instants, zone);
        expect(local.minutes).toBe(minutes);
        expect(chosenSlot(local, zone)).toEqual(instants);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is where Temporal puts it, and as many times', () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(zoneAndInstant, anyMinutes, fc.integer({ min: -90, max: 90 }), (instant, minutes, away) => {
        const { zone, startMs } = instant;
        // A while away from what the clocks show: this way the times that they leave out are met, too.
        const wall = Temporal.Instant.fromEpochMilliseconds(startMs)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime()
          .add({ minutes: away });
        const local = at(wall.toPlainDate().toString(), `${pad(wall.hour)}:${pad(wall.minute)}`, minutes);
        const of = (disambiguation: 'earlier' | 'later') =>
          wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
        const exists = Temporal.Instant.fromEpochMilliseconds(of('earlier'))
          .toZonedDateTimeISO(zone)
          .toPlainDateTime()
          .equals(wall);
        const span = (ms: number) =>
          slot(new Date(ms).toISOString(), new Date(ms + minutes * 60_000).toISOString());
        const kind = !exists ? 'none' : of('earlier') === of('later') ? 'one' : 'twice';
        met.set(kind, (met.get(kind) ?? 0) + 1);
        expect(placeSlot(local, zone)).toEqual(
          !exists
            ? { kind: 'none', becomes: span(of('later')) }
            : of('earlier') === of('later')
              ? { kind: 'one', slot: span(of('earlier')) }
              : { kind: 'twice', earlier: span(of('earlier')), later: span(of('later')) },
        );
      }),
      { numRuns: 2_000 },
    );
    for (const kind of ['one', 'none', 'twice']) expect(met.get(kind)).toBeGreaterThan(10);
  });
});
