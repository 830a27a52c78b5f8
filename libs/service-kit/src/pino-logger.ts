import { destination, pino, stdTimeFunctions } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { loggedError } from './logged-error.ts';
import type { Logger } from './logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Characters that may wait for whoever reads the log; what comes beyond that is dropped. */
const mostWaiting = 16 * 1024 * 1024;

/** Whoever looks for these has the log as JSON. */
const notForPeople = [
  'pid',
  'hostname',
  'method',
  'commandId',
  'correlationId',
  'httpRequestId',
  'traceId',
  'command',
  'outcome',
];

/**
 * Writes one line per entry to standard output: JSON for machines, or `pretty` for people.
 *
 * JSON is written in the background, at once, and what comes meanwhile in one piece after it: commands do not wait for who reads the
 * log, however slow that is. A process that ends by itself, also by a fault, has written everything; one that is killed loses what
 * was on its way, as a rule the lines of the last millisecond.
 */
export const createPinoLogger = ({
  level,
  format,
  service,
}: {
  level: LogLevel;
  format: 'json' | 'pretty';
  /** On each line, where several services write to one place. */
  service?: string;
}): Logger => {
  const options = { level, base: service ? { service } : null, serializers: { err: loggedError } };
  return format === 'json'
    ? pino(
        { ...options, timestamp: stdTimeFunctions.isoTime },
        destination({ dest: 1, sync: false, minLength: 0, maxLength: mostWaiting }),
      )
    : pino(
        options,
        PinoPretty({
          ignore: notForPeople.join(','),
          translateTime: 'HH:MM:ss',
          singleLine: true,
          sync: true,
        }),
      );
};
