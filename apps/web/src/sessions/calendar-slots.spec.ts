import { describe, expect, it } from '@jest/globals';

// Written the British way, whoever runs the tests.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
const { firstHour, slotOnDay } = await import('./calendar-slots.ts');

const berlin = 'Europe/Berlin';
const slot = (startsAt: string, endsAt: string) => ({
  startsAt: `${startsAt}:00.000Z`,
  endsAt: `${endsAt}:00.000Z`,
});
const at = (instant: string): number => Date.parse(`${instant}:00.000Z`);

describe('the hour that a week opens at', () => {
  const days = ['2026-11-23', '2026-11-24'];
  const longAgo = at('2026-10-01T20:00');

  it('is a little before the working day', () => {
    expect(firstHour([], days, berlin, longAgo)).toBe(7);
    expect(firstHour([slot('2026-11-24T13:00', '2026-11-24T14:00')], days, berlin, longAgo)).toBe(7);
  });

  it('is that of an earlier session on show, by the clock of the zone, though not of one in the night', () => {
    const early = slot('2026-11-24T05:30', '2026-11-24T06:30');
    const night = slot('2026-11-24T01:00', '2026-11-24T02:00');
    expect(firstHour([early, night], days, berlin, longAgo)).toBe(6);
    expect(firstHour([early], ['2026-11-25'], berlin, longAgo)).toBe(7);
  });

  it('is later when that is what it takes to see the present time', () => {
    expect(firstHour([], days, berlin, at('2026-11-23T13:59'))).toBe(7);
    expect(firstHour([], days, berlin, at('2026-11-23T19:30'))).toBe(13);
    expect(firstHour([], ['2026-11-25'], berlin, at('2026-11-23T19:30'))).toBe(7);
  });
});

describe('a click on free time', () => {
  const morning = at('2026-11-23T08:20');

  it('asks for an hour from the clicked half hour on, and never for one that has begun', () => {
    expect(slotOnDay(at('2026-11-24T10:40'), false, berlin, morning)).toEqual(
      slot('2026-11-24T10:30', '2026-11-24T11:30'),
    );
    expect(slotOnDay(morning, false, berlin, morning)).toBeUndefined();
  });

  it('asks, on a day as a whole, for nine o’clock there, or for the next full hour of that day', () => {
    expect(slotOnDay(at('2026-11-24T15:00'), true, berlin, morning)).toEqual(
      slot('2026-11-24T08:00', '2026-11-24T09:00'),
    );
    expect(slotOnDay(at('2026-11-23T15:00'), true, berlin, morning)).toEqual(
      slot('2026-11-23T09:00', '2026-11-23T10:00'),
    );
    expect(slotOnDay(at('2026-11-22T15:00'), true, berlin, morning)).toBeUndefined();
  });
});
