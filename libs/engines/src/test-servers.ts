import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { describe as Describe } from '@jest/globals';
import { cacheDirectory } from './cached.ts';
import { kafkaVersion } from './kafka.ts';
import { mongoVersion } from './mongo.ts';

/** How a suite is told where the server is that it needs. */
export type ServerVariable = 'EVENTSTOREDB_URL' | 'KAFKA_BROKERS' | 'MONGODB_URL' | 'KEYCLOAK_URL';

/**
 * A suite that cannot run everywhere.
 *
 * @param reason why it cannot run here: each of its tests is reported as skipped then, by name, with the reason. Undefined where it can.
 */
export const describeUnless = (reason: string | undefined, title: string, body: () => void): void => {
  // The global one: whoever starts servers outside of jest imports this package, too.
  const { describe } = globalThis as unknown as { describe: typeof Describe };
  if (reason === undefined) describe(title, body);
  else describe.skip(`${title} [skipped: ${reason}]`, body);
};

/**
 * A suite that needs a real server.
 *
 * @param body registers the tests; gets the server's address, which is empty when they are going to be skipped.
 */
export const describeWithServer = (
  variable: ServerVariable,
  title: string,
  body: (address: string) => void,
): void => {
  const address = process.env[variable] ?? '';
  const absent = process.env[`${variable}_ABSENT`] ?? `${variable} is not set`;
  describeUnless(address === '' ? absent : undefined, title, () => body(address));
};

/** A suite that starts a server of its own, in order to kill it; which has to be fetched before, as no test does it. */
export const describeWithOwn = (engine: 'kafka' | 'mongodb', title: string, body: () => void): void => {
  const name = `${engine}-${engine === 'kafka' ? kafkaVersion : mongoVersion}`;
  const isThere = existsSync(join(cacheDirectory, name));
  describeUnless(
    isThere ? undefined : `${name} has not been fetched, \`npm run engines\` does it`,
    title,
    body,
  );
};
