import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  defaultExpiryPolicy,
  isInstant,
  parseExpiryPolicy,
  sessionRequestEventTypes,
  toInstant,
  type ExpiryPolicyDocument,
} from '@hse/session-requests';
import { Failure, WrongUse, type Options } from '../command.ts';
import { pathFrom, type Io } from '../io.ts';
import type { RowOptions } from '../rows/columns.ts';
import { fingerprintOf, plainIdentities, pseudonymousIdentities } from '../rows/identities.ts';
import type { Policies } from '../rows/lead-tier.ts';
import { defaultKeyFile, readPseudonymKey } from '../rows/pseudonym-key.ts';

/** Part of the options of every command that shows who did what. */
export const identityOptions = {
  identities: {
    type: 'string',
    value: 'plain|pseudonymous',
    meaning: 'what participants and requests are called',
    default: 'pseudonymous',
  },
  'pseudonym-key': {
    type: 'string',
    value: '<file>',
    meaning: 'key of the pseudonyms, made on first use; by default ~/.config/session-requests/pseudonym.key',
  },
  'with-notes': { type: 'boolean', meaning: "with people's own words: notes and reasons" },
} as const satisfies Options;

/** What was given of {@link identityOptions}. */
export interface IdentitiesGiven {
  readonly identities: string;
  readonly 'pseudonym-key': string | undefined;
  readonly 'with-notes': boolean;
}

/** How rows name people, and what names that way without telling the key. @throws WrongUse, Failure */
export const readIdentities = (given: IdentitiesGiven, io: Io): RowOptions & { readonly named: string } => {
  const withNotes = given['with-notes'];
  if (given.identities === 'plain') return { identities: plainIdentities, withNotes, named: 'plain' };
  if (given.identities !== 'pseudonymous')
    throw new WrongUse(`--identities is plain or pseudonymous, not ${given.identities}.`);
  const path =
    given['pseudonym-key'] === undefined ? defaultKeyFile(io.env) : pathFrom(io, given['pseudonym-key']);
  const key = readPseudonymKey(path, () => {
    io.say(
      `A key for pseudonyms was made: ${path}. Who has it can undo them; without it the next ones are others.`,
    );
  });
  return { identities: pseudonymousIdentities(key), withNotes, named: `pseudonymous ${fingerprintOf(key)}` };
};

/** Part of the options of every command that goes by the rows of a policy. */
export const policyOptions = {
  policy: {
    type: 'string',
    value: '<file>',
    multiple: true,
    meaning: 'an expiry policy under which deadlines were recorded, besides the default and EXPIRY_POLICY',
  },
} as const satisfies Options;

/** The policies known, by id, and what names each of them. @throws Failure */
export const readPolicies = (
  given: { readonly policy: readonly string[] },
  io: Io,
): { policies: Policies; named: readonly string[] } => {
  const paths = [...(io.env['EXPIRY_POLICY'] ? [pathFrom({ cwd: io.root }, io.env['EXPIRY_POLICY'])] : [])];
  paths.push(...given.policy.map((path) => pathFrom(io, path)));
  const documents: ExpiryPolicyDocument[] = [defaultExpiryPolicy];
  for (const path of paths) {
    try {
      documents.push(JSON.parse(readFileSync(path, 'utf8')) as ExpiryPolicyDocument); // checked below
    } catch (error) {
      throw new Failure(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }
  const policies = new Map<string, ReturnType<typeof parseExpiryPolicy>>();
  const named = new Map<string, string>();
  for (const [index, document] of documents.entries()) {
    try {
      const policy = parseExpiryPolicy(document);
      policies.set(policy.id, policy);
      named.set(policy.id, createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12));
    } catch (error) {
      throw new Failure(`${paths[index - 1] ?? 'the default policy'}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return { policies, named: [...named].map(([id, hash]) => `${id} ${hash}`) };
};

/** An instant as people write it: a day (its beginning in UTC) or ISO-8601 with an offset. @throws WrongUse */
export const parseInstant = (option: string, text: string): string => {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const ms =
    isDay || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : NaN;
  const instant = Number.isNaN(ms) ? '' : toInstant(ms);
  // 30 February is no day, though Date.parse takes it for one.
  if (!isInstant(instant) || (isDay && !instant.startsWith(text)))
    throw new WrongUse(
      `${option} is a day (2026-11-22) or an instant (2026-11-22T09:00:00Z, 2026-11-22T10:00:00+01:00), not ${text}.`,
    );
  return instant;
};

/** @throws WrongUse */
export const parseTypes = (types: readonly string[]): readonly string[] => {
  for (const type of types)
    if (!sessionRequestEventTypes.some((known) => known === type))
      throw new WrongUse(`There is no type ${type}. There are: ${sessionRequestEventTypes.join(', ')}.`);
  return types;
};
