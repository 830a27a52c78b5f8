/** The part of a logger that services use; a pino logger fits. Fields first, then one sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing; for tests that are not about logs. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
