import { describe, expect, it } from '@jest/globals';

// Written the British way, whoever runs the tests.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
const {
  dayOf,
  daysAhead,
  differ,
  formatDay,
  formatDistance,
  formatLongDay,
  formatMoment,
  formatSlot,
  formatTheirs,
  formatTimes,
  zonePlace,
} = await import('./format.ts');

const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';
const now = Date.parse('2026-11-22T12:00:00.000Z');
const slot = (startsAt: string, endsAt: string) => ({
  startsAt: `${startsAt}:00.000Z`,
  endsAt: `${endsAt}:00.000Z`,
});

describe('a slot', () => {
  it('is written in the time of the zone', () => {
    const afternoon = slot('2026-11-24T13:00', '2026-11-24T14:00');
    expect(formatSlot(afternoon, berlin, now)).toBe('Tue 24 Nov, 14:00 – 15:00');
    expect(formatSlot(afternoon, newYork, now)).toBe('Tue 24 Nov, 8:00 – 9:00');
    expect(formatTimes(afternoon, 'Asia/Kolkata')).toBe('18:30 – 19:30');
  });

  it('names both days where it ends on another one, in that zone', () => {
    const late = slot('2026-11-24T22:30', '2026-11-24T23:30');
    expect(formatSlot(late, berlin, now)).toBe('Tue 24 Nov, 23:30 – Wed 25 Nov, 0:30');
    expect(formatSlot(late, 'UTC', now)).toBe('Tue 24 Nov, 22:30 – 23:30');
  });

  it('shows the hour that the clocks repeat twice', () => {
    expect(formatSlot(slot('2026-10-25T00:30', '2026-10-25T01:30'), berlin, now)).toBe(
      'Sun 25 Oct, 2:30 – 2:30',
    );
  });

  it('leaves out the hour that the clocks leave out', () => {
    expect(formatTimes(slot('2026-03-29T00:30', '2026-03-29T01:30'), berlin)).toBe('1:30 – 3:30');
  });

  it('is in UTC where the browser does not know the zone', () => {
    expect(formatTimes(slot('2026-11-24T13:00', '2026-11-24T14:00'), 'Mars/Olympus_Mons')).toBe(
      '13:00 – 14:00',
    );
    expect(dayOf('2026-11-24T23:30:00.000Z', 'Mars/Olympus_Mons')).toBe('2026-11-24');
  });
});

describe('a day', () => {
  it('has its year where that is another one, in that zone', () => {
    const newYear = '2026-12-31T23:30:00.000Z';
    expect(formatDay(newYear, 'UTC', now)).toBe('Thu 31 Dec');
    expect(formatDay(newYear, berlin, now)).toBe('Fri, 1 Jan 2027');
    expect(formatDay(newYear, berlin, Date.parse(newYear))).toBe('Fri 1 Jan');
    expect(formatMoment(newYear, berlin, now)).toBe('Fri, 1 Jan 2027, 0:30');
    expect(formatLongDay(newYear, berlin)).toBe('Friday, 1 January 2027');
  });

  it('can be compared and sorted as text', () => {
    expect(dayOf('2026-03-08T23:59:59.999Z', 'UTC')).toBe('2026-03-08');
    expect(dayOf('2026-03-08T23:59:59.999Z', berlin)).toBe('2026-03-09');
    expect(dayOf(Date.parse('2026-01-01T00:00:00.000Z'), newYork)).toBe('2025-12-31');
  });
});

describe('two zones', () => {
  it('differ by the time of day that they show then, whatever they are called', () => {
    expect(differ(berlin, 'Europe/Paris', '2026-11-24T13:00:00.000Z')).toBe(false);
    expect(differ('UTC', 'Europe/London', '2026-11-24T13:00:00.000Z')).toBe(false);
    expect(differ('UTC', 'Europe/London', '2026-07-24T13:00:00.000Z')).toBe(true);
  });

  it('are nearer to each other in the weeks in which only one of them has changed its clocks', () => {
    expect(formatTimes(slot('2026-03-20T13:00', '2026-03-20T14:00'), newYork)).toBe('9:00 – 10:00');
    expect(formatTimes(slot('2026-03-20T13:00', '2026-03-20T14:00'), berlin)).toBe('14:00 – 15:00');
    expect(formatTimes(slot('2026-03-30T13:00', '2026-03-30T14:00'), berlin)).toBe('15:00 – 16:00');
  });

  it('differ by the day alone, too', () => {
    expect(differ('Pacific/Niue', 'Pacific/Apia', '2026-11-24T05:00:00.000Z')).toBe(true);
  });

  it('do not differ where the browser knows nothing of the other one', () => {
    expect(differ(berlin, 'Mars/Olympus_Mons', '2026-11-24T13:00:00.000Z')).toBe(false);
  });

  it('are up to two days apart', () => {
    const noon = '2026-11-24T11:30:00.000Z';
    expect(daysAhead(noon, berlin, newYork)).toBe(0);
    expect(daysAhead('2026-11-24T04:00:00.000Z', berlin, newYork)).toBe(-1);
    expect(daysAhead('2026-12-31T20:00:00.000Z', newYork, 'Asia/Tokyo')).toBe(1);
    expect(daysAhead(noon, 'Etc/GMT+12', 'Pacific/Kiritimati')).toBe(2);
    expect(daysAhead(noon, 'Pacific/Kiritimati', 'Etc/GMT+12')).toBe(-2);
  });

  it('show the times of the same slot, with the day where it is another one', () => {
    const afternoon = slot('2026-11-24T13:00', '2026-11-24T13:45');
    expect(formatTheirs(afternoon, berlin, 'Asia/Kolkata', now)).toBe('18:30 – 19:15 Kolkata');
    expect(formatTheirs(afternoon, newYork, 'Pacific/Auckland', now)).toBe(
      'Wed 25 Nov, 2:00 – 2:45 Auckland',
    );
    expect(formatTheirs(afternoon, berlin, 'Europe/Paris', now)).toBeUndefined();
  });

  it('are called by their place', () => {
    expect(zonePlace('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
    expect(zonePlace('UTC')).toBe('UTC');
  });
});

describe('a distance', () => {
  const after = (ms: number): string => formatDistance(now + ms, now).replaceAll('\u00a0', ' ');
  const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

  it('is in the largest unit that people count in, and is never rounded up', () => {
    expect(after(0)).toBe('now');
    expect(after(999)).toBe('now');
    expect(after(minute - 1)).toBe('in 59 sec');
    expect(after(minute)).toBe('in 1 min');
    expect(after(hour - 1)).toBe('in 59 min');
    expect(after(hour)).toBe('in 1 hr');
    expect(after(2 * day - 1)).toBe('in 47 hr');
    expect(after(2 * day)).toBe('in 2 days');
    expect(after(3 * day - second)).toBe('in 2 days');
    expect(after(365 * day)).toBe('in 365 days');
  });

  it('stays in one line', () => {
    expect(formatDistance(now + 5 * hour, now)).toBe('in\u00a05\u00a0hr');
  });

  it('is counted back in the same way', () => {
    expect(after(-1)).toBe('now');
    expect(after(-59 * second)).toBe('59 sec ago');
    expect(after(-90 * minute)).toBe('1 hr ago');
    expect(after(-5 * day)).toBe('5 days ago');
  });
});
