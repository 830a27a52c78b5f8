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
 * was on its way, as a rule the lines of the last millisecond. Where nothing can be written, such as to a full disk, lines are lost and the
 * process goes on.
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
    ? pino({ ...options, timestamp: stdTimeFunctions.isoTime }, standardOutput())
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

const standardOutput = () => {
  const stream = destination({ dest: 1, sync: false, minLength: 0, maxLength: mostWaiting });
  let isBroken = false;
  stream.on('error', () => (isBroken = true));
  stream.on('write', () => (isBroken = false));
  const flushSync = stream.flushSync.bind(stream);
  // At the end of the process: sonic-boom 4 tries for ever what fails for good, so that the process would not come to its end.
  stream.flushSync = () => {
    if (!isBroken) flushSync();
  };
  return stream;
};
