import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  anyText,
  decimalNumber,
  InvalidSettings,
  oneOf,
  readSettings,
  wholeNumber,
  type Setting,
} from '@hse/service-kit';
import {
  defaultExpiryPolicy,
  isInstant,
  parseExpiryPolicy,
  toEpochMs,
  type ExpiryPolicy,
} from '@hse/session-requests';
import { demoAccounts } from './demo-accounts.ts';
import { parseAccounts, type Account } from './accounts.ts';

/** The domain knows which instants exist; people may leave out the fraction of a second. */
const instant = (text: string): number | undefined => {
  const [, seconds = '', fraction = ''] = /^([\dT:-]{19})(?:\.(\d{1,3}))?Z$/.exec(text) ?? [];
  const full = `${seconds}.${fraction.padEnd(3, '0')}Z`;
  return isInstant(full) ? toEpochMs(full) : undefined;
};

const webAddress = (text: string): URL | undefined => {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) && !url.search && !url.hash ? url : undefined;
};

/** Kept to the letter: it is compared with what tokens and the discovery document say, with or without a slash at the end. */
const issuer = (text: string): string | undefined => webAddress(text) && text;

const origin = (text: string): string | undefined => {
  const url = webAddress(text);
  return url?.pathname === '/' ? url.origin : undefined;
};

const algorithms = (text: string): string[] | undefined => {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^((RS|PS|ES)(256|384|512)|EdDSA)$/.test(name)) ? names : undefined;
};

/** Everything that can be set, as the README lists it. */
export const settingsTable = {
  PORT: {
    meaning: 'TCP port of the HTTP API; 0 takes a free one',
    form: 'a whole number from 0 to 65535',
    default: '3000',
    parse: wholeNumber(0, 65_535),
  },
  HOST: {
    meaning: 'address to listen on; the default is reachable from this machine only',
    form: 'an IP address or a host name',
    default: '127.0.0.1',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  },
  PUBLIC_URL: {
    meaning: 'where browsers and API clients reach this server; default `http://localhost:<PORT>`',
    form: 'an http or https URL without a path',
    default: undefined,
    parse: origin,
  },
  DATA_DIR: {
    meaning: 'folder of the event log and everything derived from it; made when missing',
    form: 'a path',
    default: './data',
    parse: (text) => resolve(text),
  },
  CLOCK: {
    meaning: 'the clock that the rules go by',
    form: '"system" or "simulated"',
    default: 'system',
    parse: oneOf('system', 'simulated'),
  },
  CLOCK_START: {
    meaning: 'where the simulated clock starts; default: now',
    form: 'an instant in UTC such as 2026-11-22T09:00:00Z',
    default: undefined,
    parse: instant,
  },
  CLOCK_SPEED: {
    meaning: 'simulated seconds per second; 0 stands still until it is advanced',
    form: 'a number from 0 to 1000000',
    default: '1',
    parse: decimalNumber(0, 1_000_000),
  },
  EXPIRY_POLICY: {
    meaning: 'JSON document with the expiry policy; default: the published rule, `hse-2026-1`',
    form: 'the path of a JSON file as docs/domain.md shows it',
    default: undefined,
    parse: anyText,
  },
  ACCOUNTS: {
    meaning: 'JSON list of the participants; default: the demo accounts',
    form: 'the path of a JSON file as the README shows it',
    default: undefined,
    parse: anyText,
  },
  OIDC_ISSUER: {
    meaning:
      'issuer of the access tokens; default: the embedded one at `<PUBLIC_URL>/oidc`, which is off when this is set',
    form: 'an http or https URL without query',
    default: undefined,
    parse: issuer,
  },
  OIDC_AUDIENCE: {
    meaning: 'audience that an access token has to be made for',
    form: 'a text',
    default: 'urn:hse:session-requests',
    parse: anyText,
  },
  OIDC_ALGORITHMS: {
    meaning: 'signature algorithms that are accepted',
    form: 'a list of RS256, RS384, RS512, PS256, …, ES256, …, EdDSA with commas between',
    default: 'RS256',
    parse: algorithms,
  },
  LOG_LEVEL: {
    meaning: 'the least that is logged',
    form: '"debug", "info", "warn" or "error"',
    default: 'info',
    parse: oneOf('debug', 'info', 'warn', 'error'),
  },
  LOG_FORMAT: {
    meaning: 'one JSON object per line, or lines for people',
    form: '"json" or "pretty"',
    default: 'pretty',
    parse: oneOf('json', 'pretty'),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** The settings with everything read that they point to. */
export type Settings = ReturnType<typeof readSettings<typeof settingsTable>> & {
  readonly policy: ExpiryPolicy;
  readonly accounts: readonly Account[];
};

/** @throws InvalidSettings for anything that the process could not run on. */
export const readStandaloneSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): Settings => {
  const settings = readSettings(settingsTable, environment);
  const faults: string[] = [];
  for (const name of ['CLOCK_START', 'CLOCK_SPEED'])
    if (environment[name] && settings.CLOCK !== 'simulated') faults.push(`${name} needs CLOCK=simulated.`);

  const document = <T>(
    name: 'EXPIRY_POLICY' | 'ACCOUNTS',
    path: string | undefined,
    fallback: unknown,
    parse: (content: unknown) => T,
  ): T | undefined => {
    try {
      return parse(path === undefined ? fallback : JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      faults.push(
        `${name}=${path} cannot be used: ${(error as Error).message}. It has to be ${settingsTable[name].form}.`,
      );
      return undefined;
    }
  };
  const policy = document('EXPIRY_POLICY', settings.EXPIRY_POLICY, defaultExpiryPolicy, parseExpiryPolicy);
  const accounts = document('ACCOUNTS', settings.ACCOUNTS, demoAccounts, parseAccounts);
  if (faults.length > 0 || !policy || !accounts) throw new InvalidSettings(faults);
  return { ...settings, policy, accounts };
};

/** Where browsers and API clients reach the server: as told, or on this machine. */
export const publicUrl = ({ PUBLIC_URL, PORT }: { PUBLIC_URL: string | undefined; PORT: number }): string =>
  PUBLIC_URL ?? `http://localhost:${PORT}`;

/** URL of the embedded issuer. */
export const embeddedIssuerUrl = (settings: { PUBLIC_URL: string | undefined; PORT: number }): string =>
  `${publicUrl(settings)}/oidc`;
