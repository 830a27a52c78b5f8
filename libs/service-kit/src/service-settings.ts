import { readFileSync } from 'node:fs';
import {
  defaultExpiryPolicy,
  isInstant,
  parseExpiryPolicy,
  toEpochMs,
  type ExpiryPolicy,
} from '@hse/session-requests';
import { anyText, InvalidSettings, oneOf, type Setting } from './settings.ts';

/** The domain knows which instants exist; people may leave out the fraction of a second. */
const instant = (text: string): number | undefined => {
  const [, seconds = '', fraction = ''] = /^([\dT:-]{19})(?:\.(\d{1,3}))?Z$/.exec(text) ?? [];
  const full = `${seconds}.${fraction.padEnd(3, '0')}Z`;
  return isInstant(full) ? toEpochMs(full) : undefined;
};

/** What is logged, and how. */
export const logSettings = {
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

/** The clock that the rules go by. */
export const clockSettings = {
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
} as const satisfies Record<string, Setting<unknown>>;

/** The rule for deadlines. */
export const policySettings = {
  EXPIRY_POLICY: {
    meaning: 'JSON document with the expiry policy; default: the published rule, `hse-2026-1`',
    form: 'the path of a JSON file as docs/domain.md shows it',
    default: undefined,
    parse: anyText,
  },
} as const satisfies Record<string, Setting<unknown>>;

/**
 * Reads a JSON document that a setting points to; `fallback` where it is not set.
 * @throws InvalidSettings that names the setting, the file and what is wrong with it.
 */
export const readDocument = <T>(
  name: string,
  { form }: Pick<Setting<unknown>, 'form'>,
  path: string | undefined,
  fallback: unknown,
  parse: (content: unknown) => T,
): T => {
  try {
    return parse(path === undefined ? fallback : JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new InvalidSettings([
      `${name}=${path} cannot be used: ${(error as Error).message}. It has to be ${form}.`,
    ]);
  }
};

/** The policy that `EXPIRY_POLICY` points to. */
export const readPolicy = ({ EXPIRY_POLICY: path }: { EXPIRY_POLICY: string | undefined }): ExpiryPolicy =>
  readDocument('EXPIRY_POLICY', policySettings.EXPIRY_POLICY, path, defaultExpiryPolicy, parseExpiryPolicy);

/** Settings that only count together with others. */
export const needs = (
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  isMet: boolean,
  condition: string,
): string[] =>
  names.filter((name) => environment[name] && !isMet).map((name) => `${name} needs ${condition}.`);

/** Runs every part of reading the settings, so that one start shows all that is wrong. @throws InvalidSettings */
export const allOrFaults = <T extends Record<string, () => unknown>>(
  parts: T,
  faults: readonly string[] = [],
): { [K in keyof T]: ReturnType<T[K]> } => {
  const found = [...faults];
  const values: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(parts)) {
    try {
      values[name] = part();
    } catch (error) {
      if (!(error instanceof InvalidSettings)) throw error;
      found.push(...error.faults);
    }
  }
  if (found.length > 0) throw new InvalidSettings(found);
  return values as { [K in keyof T]: ReturnType<T[K]> };
};
