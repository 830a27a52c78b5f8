export { silentLogger, type Logger } from './logger.ts';
export { createPinoLogger, type LogLevel } from './pino-logger.ts';
export {
  anyText,
  decimalNumber,
  InvalidSettings,
  oneOf,
  readSettings,
  wholeNumber,
  type Setting,
} from './settings.ts';
