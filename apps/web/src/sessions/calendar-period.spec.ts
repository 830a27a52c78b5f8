import { describe, expect, it } from '@jest/globals';
import {
  isDay,
  narrowWeek,
  periodTitle,
  stepNarrowWeek,
  stepPeriod,
  visibleRange,
  visibleWeeks,
} from './calendar-period.ts';

const hours = ({ from, to }: { from: string; to: string }): number =>
  (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('the visible range', () => {
  it('is the week around a day, from midnight to midnight of the zone', () => {
    expect(visibleRange('week', '2026-11-25', 'Europe/Berlin', 'en-GB')).toEqual({
      from: '2026-11-22T23:00:00.000Z',
      to: '2026-11-29T23:00:00.000Z',
    });
  });

  it('begins a week as people of the locale do', () => {
    expect(visibleRange('week', '2026-11-25', 'America/New_York', 'en-US')).toEqual({
      from: '2026-11-22T05:00:00.000Z',
      to: '2026-11-29T05:00:00.000Z',
    });
    expect(visibleWeeks('week', '2026-11-22', 'en-US')[0]?.[0]).toBe('2026-11-22');
    expect(visibleWeeks('week', '2026-11-22', 'en-GB')[0]?.[0]).toBe('2026-11-16');
  });

  it('is an hour longer in the week in which Berlin ends daylight saving, and an hour shorter where it begins', () => {
    const autumn = visibleRange('week', '2026-10-21', 'Europe/Berlin', 'en-GB');
    expect(autumn).toEqual({ from: '2026-10-18T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
    expect(hours(autumn)).toBe(169);
    const spring = visibleRange('week', '2026-03-29', 'Europe/Berlin', 'en-GB');
    expect(spring).toEqual({ from: '2026-03-22T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' });
    expect(hours(spring)).toBe(167);
  });

  it('is an hour shorter and longer in the weeks in which New York changes its clocks', () => {
    const spring = visibleRange('week', '2026-03-10', 'America/New_York', 'en-US');
    expect(spring).toEqual({ from: '2026-03-08T05:00:00.000Z', to: '2026-03-15T04:00:00.000Z' });
    expect(hours(spring)).toBe(167);
    const autumn = visibleRange('week', '2026-11-01', 'America/New_York', 'en-US');
    expect(autumn).toEqual({ from: '2026-11-01T04:00:00.000Z', to: '2026-11-08T05:00:00.000Z' });
    expect(hours(autumn)).toBe(169);
  });

  it('begins with the first instant of a day that has no midnight', () => {
    // In Cairo, Friday, 24 April 2026 began at 01:00. In the Maldives' locale weeks begin on Fridays.
    expect(visibleRange('week', '2026-04-24', 'Africa/Cairo', 'dv-MV')).toEqual({
      from: '2026-04-23T22:00:00.000Z',
      to: '2026-04-30T21:00:00.000Z',
    });
  });

  it('covers all weeks that a month touches', () => {
    expect(visibleRange('month', '2026-10-15', 'Europe/Berlin', 'en-GB')).toEqual({
      from: '2026-09-27T22:00:00.000Z',
      to: '2026-11-01T23:00:00.000Z',
    });
    expect(visibleWeeks('month', '2026-10-15', 'en-GB')).toHaveLength(5);
    expect(visibleWeeks('month', '2026-08-31', 'en-GB')).toHaveLength(6);
    expect(visibleWeeks('month', '2027-02-01', 'en-GB')).toHaveLength(4);
  });
});

describe('the title', () => {
  it('names a month', () => {
    expect(periodTitle('month', '2026-11-25', 'Europe/Berlin', 'en-GB')).toBe('November 2026');
  });

  it('names the ends of a week, in the order of the locale, across months and years', () => {
    const plain = (text: string): string => text.replaceAll(/\s/gu, ' ');
    expect(plain(periodTitle('week', '2026-11-25', 'UTC', 'en-GB'))).toBe('23 – 29 November 2026');
    expect(plain(periodTitle('week', '2026-11-25', 'UTC', 'en-US'))).toBe('November 22 – 28, 2026');
    expect(plain(periodTitle('week', '2026-10-28', 'UTC', 'en-GB'))).toBe('26 October – 1 November 2026');
    expect(plain(periodTitle('week', '2026-12-31', 'UTC', 'en-GB'))).toBe(
      '28 December 2026 – 3 January 2027',
    );
  });
});

describe('a step', () => {
  it('keeps the day of the week, or of the month as far as there is one', () => {
    expect(stepPeriod('week', '2026-03-25', 1)).toBe('2026-04-01');
    expect(stepPeriod('week', '2026-03-25', -1)).toBe('2026-03-18');
    expect(stepPeriod('month', '2027-01-31', 1)).toBe('2027-02-28');
    expect(stepPeriod('month', '2027-01-31', -1)).toBe('2026-12-31');
  });

  it('through a week on a narrow screen passes over no day', () => {
    const seen = new Set<string>();
    let date = '2026-11-23';
    while (date < '2026-12-07') {
      for (const day of narrowWeek(date, 'en-GB')) seen.add(day);
      date = stepNarrowWeek(date, 1, 'en-GB');
    }
    expect(seen.size).toBe(14);
    expect(narrowWeek('2026-11-29', 'en-GB')).toEqual(['2026-11-27', '2026-11-28', '2026-11-29']);
    expect(stepNarrowWeek('2026-11-23', -1, 'en-GB')).toBe('2026-11-20');
  });
});

describe('what an address names', () => {
  it('is a day only if the calendar has it', () => {
    for (const day of ['2026-11-25', '2028-02-29', '1999-12-31'])
      expect([day, isDay(day)]).toEqual([day, true]);
    for (const text of [
      '',
      'today',
      '2026-1-1',
      '2026-02-30',
      '2026-02-29',
      '2026-13-01',
      '0000-01-01',
      '9999-12-31',
    ])
      expect([text, isDay(text)]).toEqual([text, false]);
  });
});
