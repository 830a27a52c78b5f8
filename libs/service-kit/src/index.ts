export { silentLogger, type Logger } from './logger.ts';
