import type { describe as Describe } from '@jest/globals';

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
