import { formatSlot } from '../../time/format.ts';
import type { CalendarItem } from '../calendar-item.ts';

const names = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Donald Knuth',
  'Margaret Hamilton',
  'Mary Katherine Worthington-Hamilton',
  'Li Wei',
];

const zones = ['Asia/Tokyo', 'Europe/Berlin', 'America/Los_Angeles'];

/** Start (UTC), length in minutes, status, and what is special: `!` awaits me, `>` the proposed slot of the session before. */
const plan: readonly (readonly [string, number, CalendarItem['status'], string?])[] = [
  ['2026-10-05T08:00', 60, 'agreed'],
  ['2026-10-19T07:00', 60, 'closed'],
  ['2026-10-20T12:00', 60, 'agreed'],
  ['2026-10-22T09:30', 45, 'pending', '!'],
  ['2026-10-24T23:30', 120, 'agreed'],
  ['2026-10-25T00:15', 60, 'pending'],
  ['2026-10-25T10:00', 60, 'agreed'],
  ['2026-11-02T09:00', 60, 'agreed'],
  ['2026-11-03T14:00', 60, 'closed'],
  ['2026-11-05T09:00', 90, 'agreed'],
  ['2026-11-05T13:00', 60, 'closed'],
  ['2026-11-09T10:00', 60, 'agreed'],
  ['2026-11-11T15:00', 45, 'agreed'],
  ['2026-11-12T08:30', 60, 'closed'],
  ['2026-11-16T09:00', 60, 'agreed'],
  ['2026-11-17T09:00', 60, 'agreed'],
  ['2026-11-17T13:30', 60, 'agreed'],
  ['2026-11-19T16:00', 60, 'closed'],
  ['2026-11-20T09:00', 60, 'agreed'],
  ['2026-11-23T08:00', 60, 'agreed'],
  ['2026-11-23T09:30', 45, 'closed'],
  ['2026-11-23T13:00', 90, 'pending'],
  ['2026-11-24T08:30', 60, 'agreed'],
  ['2026-11-24T09:00', 60, 'pending', '!'],
  ['2026-11-24T09:15', 30, 'closed'],
  ['2026-11-24T15:00', 60, 'adjusting', '!'],
  ['2026-11-26T15:00', 60, 'adjusting', '>!'],
  ['2026-11-25T07:00', 30, 'agreed'],
  ['2026-11-25T12:00', 60, 'pending', '!'],
  ['2026-11-25T12:30', 120, 'agreed'],
  ['2026-11-25T16:00', 60, 'agreed'],
  ['2026-11-25T17:15', 60, 'adjusting'],
  ['2026-11-25T18:00', 60, 'adjusting', '>'],
  ['2026-11-26T08:00', 240, 'agreed'],
  ['2026-11-26T09:00', 60, 'pending'],
  ['2026-11-26T09:30', 60, 'pending', '!'],
  ['2026-11-26T22:00', 120, 'agreed'],
  ['2026-11-27T08:15', 15, 'agreed'],
  ['2026-11-27T09:00', 60, 'agreed'],
  ['2026-11-27T13:00', 60, 'pending'],
  ['2026-11-28T10:00', 60, 'agreed'],
  ['2026-12-01T09:00', 60, 'agreed'],
  ['2026-12-02T10:00', 60, 'pending', '!'],
];

/** Forty sessions and more around the week of 23 November 2026, some in the week in which Berlin's clocks change. */
export const sampleSessions = (timeZone: string): CalendarItem[] =>
  plan.map(([start, minutes, status, special = ''], index) => {
    const isProposed = special.includes('>');
    const number = isProposed ? index - 1 : index;
    const startsAt = `${start}:00.000Z`;
    const slot = { startsAt, endsAt: new Date(Date.parse(startsAt) + minutes * 60_000).toISOString() };
    const otherName = names[number % names.length] ?? '';
    const awaitsMe = special.includes('!');
    return {
      ...slot,
      id: `session-${number}`,
      status,
      otherName,
      otherTimeZone: zones[(number % names.length) % zones.length] ?? 'UTC',
      kind: status === 'pending' || isProposed ? 'proposed' : 'agreed',
      awaitsMe,
      movable: status !== 'closed',
      label: `Session with ${otherName}, ${formatSlot(slot, timeZone, Date.parse(startsAt))}, ${status}${awaitsMe ? ', awaits your answer' : ''}`,
    };
  });
