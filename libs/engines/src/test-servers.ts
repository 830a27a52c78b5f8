import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { describe as Describe } from '@jest/globals';
import { cacheDirectory } from './cached.ts';
import { kafkaVersion } from './kafka.ts';
import { mongoVersion } from './mongo.ts';

/** How a suite is told where the server is that it needs. */
export type ServerVariable = 'EVENTSTOREDB_URL' | 'KAFKA_BROKERS' | 'MONGODB_URL' | 'KEYCLOAK_URL';

/**
 * A suite that needs a real server. Where there is none, each of its tests is reported as skipped, by name, with the reason.
 *
 * @param body registers the tests; gets the server's address, which is empty when they are going to be skipped.
 */
export const describeWithServer = (
  variable: ServerVariable,
  title: string,
  body: (address: string) => void,
): void => {
  // The global one: whoever starts servers outside of jest imports this package, too.
  const { describe } = globalThis as unknown as { describe: typeof Describe };
  const address = process.env[variable];
  if (address) {
    describe(title, () => body(address));
    return;
  }
  const reason = process.env[`${variable}_ABSENT`] ?? `${variable} is not set`;
  describe.skip(`${title} [skipped: ${reason}]`, () => body(''));
};

/**
 * A suite that starts a server of its own, in order to kill it. Where that has not been fetched yet, which no test does, each
 * of its tests is reported as skipped, by name, with the reason.
 */
export const describeWithOwn = (engine: 'kafka' | 'mongodb', title: string, body: () => void): void => {
  const { describe } = globalThis as unknown as { describe: typeof Describe };
  const name = `${engine}-${engine === 'kafka' ? kafkaVersion : mongoVersion}`;
  if (existsSync(join(cacheDirectory, name))) describe(title, body);
  else describe.skip(`${title} [skipped: ${name} has not been fetched, \`npm run engines\` does it]`, body);
};
