import { isIPv6 } from 'node:net';
import type { WallClock } from '../dependencies.ts';

/** So many requests in so many seconds; all of them may come at once. */
export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

/** What is left after a request, or how long there is nothing. */
export interface Taken {
  readonly isTaken: boolean;
  /** Requests that could come right now. */
  readonly left: number;
  /** Whole seconds until one more can come; 0 while something is left. */
  readonly retryAfterS: number;
  /** Whole seconds until everything could come again. */
  readonly resetS: number;
}

/** Most callers that are known at a time; who has not come for longest is forgotten, and has the whole budget again. */
export const mostKeys = 10_000;

/**
 * A budget for each caller that refills evenly (the generic cell rate algorithm, as ATM has it): one number per caller, no timers, bounded
 * memory. A clock that is set back makes nobody wait for longer than `rate.seconds`.
 */
export class RateLimit {
  readonly rate: Rate;
  readonly #wallClock: WallClock;
  readonly #intervalMs: number;
  readonly #windowMs: number;
  /** When the whole budget is there again, in milliseconds since 1970; who came last stands last. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(rate: Rate, wallClock: WallClock) {
    this.rate = rate;
    this.#wallClock = wallClock;
    this.#windowMs = rate.seconds * 1_000;
    this.#intervalMs = this.#windowMs / rate.requests;
  }

  /** How many callers are known. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** Takes one request out of the caller's budget, if there is one. */
  take(key: string): Taken {
    const now = this.#wallClock.now();
    const before = this.#owed(key, now);
    const after = before + this.#intervalMs;
    if (after > this.#windowMs) return this.#state(false, before);
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, now + after);
    if (this.#fullAtMs.size > mostKeys) {
      const [oldest] = this.#fullAtMs.keys();
      if (oldest !== undefined) this.#fullAtMs.delete(oldest);
    }
    return this.#state(true, after);
  }

  /** What {@link take} would find, without taking anything. */
  look(key: string): Taken {
    const owed = this.#owed(key, this.#wallClock.now());
    return this.#state(owed + this.#intervalMs <= this.#windowMs, owed);
  }

  /** Milliseconds until the whole budget is there again. */
  #owed(key: string, now: number): number {
    const fullAtMs = this.#fullAtMs.get(key) ?? now;
    return Math.min(Math.max(fullAtMs - now, 0), this.#windowMs);
  }

  #state(isTaken: boolean, owedMs: number): Taken {
    const left = Math.floor((this.#windowMs - owedMs) / this.#intervalMs);
    const waitMs = owedMs + this.#intervalMs - this.#windowMs;
    return {
      isTaken,
      left,
      retryAfterS: isTaken ? 0 : Math.max(1, Math.ceil(waitMs / 1_000)),
      resetS: Math.ceil(owedMs / 1_000),
    };
  }
}

/**
 * By what a caller's address is counted: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one subscriber gets.
 * IPv4 in IPv6 (`::ffff:192.0.2.1`) is the same as IPv4.
 */
export const addressKey = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (ip.split('%', 1)[0] ?? '').toLowerCase().split('::');
  const groups = (text: string | undefined): string[] => (text ?? '').split(':').filter(Boolean);
  const [front, back] = [groups(head), groups(tail)];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
};
