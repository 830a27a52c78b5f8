import type { Role } from '@hse/session-requests';
import type { Random } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Where people live, and how many of them. */
const zones = [
  [0.42, 'Europe/Berlin'],
  [0.2, 'Europe/London'],
  [0.16, 'America/New_York'],
  [0.09, 'America/Los_Angeles'],
  [0.08, 'Asia/Kolkata'],
  [0.05, 'Australia/Sydney'],
] as const;

/** Somebody made up. */
export interface Person {
  readonly id: string;
  readonly role: Role;
  readonly zone: Zone;
  /** How soon they answer: 1 is usual, more is slower. */
  readonly pace: number;
  /** How likely they leave something unanswered: 1 is usual. */
  readonly neglect: number;
}

/** A time zone, with daylight saving as it is. */
export interface Zone {
  readonly name: string;
  /** Local time as milliseconds since 1970, as if it were UTC. */
  local(epochMs: number): number;
  /** The instant at which clocks there show this. */
  instant(localMs: number): number;
}

const createZone = (name: string): Zone => {
  const form = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeZoneName: 'longOffset' });
  const offsets = new Map<number, number>();
  /** To the hour: that is when clocks are changed. */
  const offsetAt = (epochMs: number): number => {
    const hour = Math.floor(epochMs / HOUR_MS);
    const known = offsets.get(hour);
    if (known !== undefined) return known;
    // Two days of the same offset have it in between as well, so that days are looked up and not hours.
    const day = Math.floor(epochMs / DAY_MS);
    const [begin, end] = [look(day * DAY_MS), look((day + 1) * DAY_MS)];
    const offset = begin === end ? begin : look(hour * HOUR_MS);
    if (offsets.size > 50_000) offsets.clear();
    offsets.set(hour, offset);
    return offset;
  };
  const days = new Map<number, number>();
  const look = (epochMs: number): number => {
    const known = days.get(epochMs);
    if (known !== undefined) return known;
    const text = form.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * 60_000);
    if (days.size > 50_000) days.clear();
    days.set(epochMs, offset);
    return offset;
  };
  return {
    name,
    local: (epochMs) => epochMs + offsetAt(epochMs),
    instant: (localMs) => localMs - offsetAt(localMs - offsetAt(localMs)),
  };
};

/** The people of a made-up history. Not more than 20 000 clients, however long it is. */
export interface Population {
  readonly zones: readonly (readonly [share: number, zone: Zone])[];
  /** Who asks for a session, somebody of that zone, and whom. */
  pair(zone: Zone): { requester: Person; other: Person };
}

export const createPopulation = (random: Random, requests: number): Population => {
  const known = zones.map(([share, name]) => [share, createZone(name)] as const);
  const clientCount = Math.min(20_000, Math.max(12, Math.round(requests / 14)));
  const coachCount = Math.max(6, Math.round(clientCount / 9));
  const person = (role: Role, zone: Zone): Person => ({
    id: `p-${random.hex(10)}`,
    role,
    zone,
    pace: random.logNormal(1, 0.5),
    neglect: random.logNormal(0.9, 0.6),
  });
  const coaches = Array.from({ length: coachCount }, () => person('coach', random.weighted(known)));
  /** Some coaches have many clients, most have a few. */
  const someCoach = (): Person => coaches[Math.floor(coachCount * random.next() ** 1.8)] as Person; // below their number
  const clients = Array.from({ length: clientCount }, () => {
    const client = person('client', random.weighted(known));
    return { client, coaches: random.happens(0.8) ? [someCoach()] : [someCoach(), someCoach()] };
  });
  const byZone = new Map(
    known.map(([, zone]) => {
      const there = clients.filter(({ client }) => client.zone === zone);
      return [zone, there.length > 0 ? there : clients] as const;
    }),
  );
  return {
    zones: known,
    pair: (zone) => {
      const { client, coaches: theirs } = random.pick(byZone.get(zone) ?? clients);
      const coach = random.pick(theirs);
      return random.happens(0.72) ? { requester: client, other: coach } : { requester: coach, other: client };
    },
  };
};
