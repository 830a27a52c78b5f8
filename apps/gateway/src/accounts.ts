import type { Participant } from '@hse/contracts';
import { httpLimits, type Fault } from '@hse/contracts/http';

/** A participant who can log in at the embedded issuer. */
export interface Account extends Omit<Participant, 'active'> {
  readonly email: string;
  /** The name they log in with. */
  readonly account: string;
  /** In clear text: this is for demonstrations. Without one nobody can log in as them here. */
  readonly password?: string;
}

const knowsTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const isPicture = (text: string): boolean => {
  // Two slashes, or one and a backslash, would lead to another host.
  if (text.length > httpLimits.pictureLength || !/^(https:\/\/|\/(?![/\\]))[\x21-\x7e]*$/.test(text))
    return false;
  return URL.canParse(text, 'https://origin.invalid');
};

const optional = new Set(['password', 'picture']);

const forms: Record<keyof Account, [form: string, fits: (text: string) => boolean]> = {
  account: ['1 to 64 letters, digits, dots, dashes or underscores', (text) => /^[\w.-]{1,64}$/.test(text)],
  // Whatever an issuer may say in `sub`.
  id: ['1 to 255 visible ASCII characters', (text) => /^[\x21-\x7e]{1,255}$/.test(text)],
  role: ['"coach" or "client"', (text) => text === 'coach' || text === 'client'],
  name: ['1 to 200 characters', (text) => text.trim() !== '' && text.length <= 200],
  email: ['an e-mail address', (text) => /^[^\s@]+@[^\s@]+$/.test(text)],
  timeZone: ['an IANA time zone such as Europe/Berlin', knowsTimeZone],
  picture: [
    `an https URL or a path such as /pictures/anna.webp, up to ${httpLimits.pictureLength} characters`,
    isPicture,
  ],
  password: ['at least one character', (text) => text !== ''],
};

/**
 * Checks a list of accounts.
 * @throws Error that names every fault with its place.
 */
export const parseAccounts = (document: unknown): readonly Account[] => {
  if (!Array.isArray(document) || document.length === 0)
    throw new Error('it has to be a JSON list of accounts');
  const faults: string[] = [];
  const seen = new Map<string, number>();
  document.forEach((entry: unknown, index) => {
    const fields: Record<string, unknown> = typeof entry === 'object' && entry !== null ? { ...entry } : {};
    for (const name of Object.keys(fields))
      if (!Object.hasOwn(forms, name)) faults.push(`[${index}].${name}: unknown`);
    for (const [name, [form, fits]] of Object.entries(forms)) {
      const value = fields[name];
      if (value === undefined && optional.has(name)) continue;
      if (typeof value !== 'string' || !fits(value)) faults.push(`[${index}].${name}: ${form}`);
      if (name !== 'id' && name !== 'account') continue;
      const key = `${name} ${String(value)}`;
      if (seen.has(key)) faults.push(`[${index}].${name}: the same as that of [${seen.get(key)}]`);
      else seen.set(key, index);
    }
  });
  if (faults.length > 0) throw new Error(faults.join('; '));
  return document as Account[];
};

/** What is wrong with an entry of the directory that came over HTTP, beyond its shape. */
export const participantFaults = (entry: {
  readonly [field in 'name' | 'email' | 'timeZone' | 'picture']?: string;
}): Fault[] =>
  (['name', 'email', 'timeZone', 'picture'] as const).flatMap((field) => {
    const value = entry[field];
    const [form, fits] = forms[field];
    return value === undefined || fits(value)
      ? []
      : [{ path: `/body/${field}`, message: `has to be ${form}` }];
  });
