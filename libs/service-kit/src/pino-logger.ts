import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Logger } from './logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line per entry to standard output: JSON for machines, or `pretty` for people. */
export const createPinoLogger = ({
  level,
  format,
  service,
}: {
  level: LogLevel;
  format: 'json' | 'pretty';
  /** On each line, where several services write to one place. */
  service?: string;
}): Logger =>
  format === 'json'
    ? pino({ level, base: service ? { service } : null, timestamp: pino.stdTimeFunctions.isoTime })
    : pino(
        { level, base: service ? { service } : null },
        PinoPretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true, sync: true }),
      );
