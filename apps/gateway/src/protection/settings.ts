import { BlockList, isIP } from 'node:net';
import { wholeNumber, type Setting } from '@hse/service-kit';
import type { OverloadBounds } from './overload.ts';
import type { Rate } from './rate-limit.ts';

/**
 * What is limited: every request of an address; attempts of an address to show who is there that cost something (log-ins begun, forms of the
 * embedded issuer, tokens and sessions that were not taken); commands and reads of a participant.
 */
export const budgets = ['address', 'log-ins', 'commands', 'reads'] as const;
export type Budget = (typeof budgets)[number];

/** A budget that is missing is not limited. */
export type RateLimits = { readonly [budget in Budget]?: Rate };

/** A person does not come near them, and a program of one participant cannot take all there is. */
export const defaultRateLimits: Required<RateLimits> = {
  address: { requests: 60_000, seconds: 60 },
  'log-ins': { requests: 300, seconds: 60 },
  commands: { requests: 6_000, seconds: 60 },
  reads: { requests: 12_000, seconds: 60 },
};

const rateForm = /^([a-z-]+)=(?:(off)|([1-9]\d{0,6})\/([1-9]\d{0,3}))$/;

/** What is not named stays as it is by default. */
export const parseRateLimits = (text: string): RateLimits | undefined => {
  if (text === 'on') return defaultRateLimits;
  if (text === 'off') return {};
  let limits: RateLimits = defaultRateLimits;
  for (const part of text.split(',')) {
    const [, name, off, requests, seconds] = rateForm.exec(part.trim()) ?? [];
    const budget = budgets.find((each) => each === name);
    if (!budget) return undefined;
    const { [budget]: _replaced, ...others } = limits;
    limits =
      off === undefined
        ? { ...others, [budget]: { requests: Number(requests), seconds: Number(seconds) } }
        : others;
  }
  return limits;
};

/** Addresses and ranges of addresses, as `proxy-addr` and Fastify's `trustProxy` take them. */
const addresses = (text: string): readonly string[] | undefined => {
  const all = text.split(',').map((each) => each.trim());
  return all.every(isRange) ? all : undefined;
};

const isRange = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false; // more bits than the address has
  }
};

const origins = (text: string): readonly string[] | undefined => {
  const all = text.split(',').map((each) => each.trim());
  return all.every((each) => /^https?:/.test(each) && URL.parse(each)?.origin === each) ? all : undefined;
};

const bound = wholeNumber(1, 1_000_000);

/** What protects the server, and its other callers, from a caller. */
export const protectionSettings = {
  RATE_LIMITS: {
    meaning:
      'requests per seconds of one address (`address`, `log-ins`) and participant (`commands`, `reads`); unnamed ones as docs/security.md says',
    form: '"on", "off", or a list such as commands=600/60,reads=off',
    default: 'on',
    parse: parseRateLimits,
  },
  LIVE_CONNECTIONS: {
    meaning: 'live streams that one participant may have open at this process',
    form: 'a whole number from 1 to 1000000',
    default: '10',
    parse: bound,
  },
  TRUSTED_PROXIES: {
    meaning:
      'whose `X-Forwarded-For` says where a request comes from; default: nobody’s, the address is that of the connection',
    form: 'a list of IP addresses or ranges such as 10.0.0.0/8 with commas between',
    default: undefined,
    parse: addresses,
  },
  MOST_REQUESTS: {
    meaning: 'requests under way at once, without live streams; more are answered 503',
    form: 'a whole number from 1 to 1000000',
    default: '2000',
    parse: bound,
  },
  MOST_COMMANDS: {
    meaning: 'commands under way at once; more are answered 503',
    form: 'a whole number from 1 to 1000000',
    default: '1000',
    parse: bound,
  },
  MOST_DELAY_MS: {
    meaning:
      'mean delay of the event loop in milliseconds, for a second, from which on requests are answered 503',
    form: 'a whole number from 1 to 1000000',
    default: '1000',
    parse: bound,
  },
  CORS_ORIGINS: {
    meaning:
      'whose pages may use the API from a browser, with a token, never with a cookie; default: only those of this server',
    form: 'a list of origins such as https://app.example.org with commas between',
    default: undefined,
    parse: origins,
  },
} as const satisfies Record<string, Setting<unknown>>;

/** How the server is protected. What is missing is not limited. */
export interface Protection {
  readonly rateLimits?: RateLimits;
  /** Live streams of one participant. Default 10. */
  readonly liveConnections?: number;
  /** Addresses or ranges. Default: none. */
  readonly trustedProxies?: readonly string[];
  readonly overload?: OverloadBounds;
  readonly corsOrigins?: readonly string[];
}

/** As it was set. */
export const protectionOf = (settings: {
  readonly RATE_LIMITS: RateLimits;
  readonly LIVE_CONNECTIONS: number;
  readonly TRUSTED_PROXIES: readonly string[] | undefined;
  readonly MOST_REQUESTS: number;
  readonly MOST_COMMANDS: number;
  readonly MOST_DELAY_MS: number;
  readonly CORS_ORIGINS: readonly string[] | undefined;
}): Protection => ({
  rateLimits: settings.RATE_LIMITS,
  liveConnections: settings.LIVE_CONNECTIONS,
  overload: {
    requests: settings.MOST_REQUESTS,
    commands: settings.MOST_COMMANDS,
    delayMs: settings.MOST_DELAY_MS,
  },
  ...(settings.TRUSTED_PROXIES && { trustedProxies: settings.TRUSTED_PROXIES }),
  ...(settings.CORS_ORIGINS && { corsOrigins: settings.CORS_ORIGINS }),
});
