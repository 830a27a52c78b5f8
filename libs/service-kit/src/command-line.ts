// What a command line takes of this package. Nothing that speaks of services: their libraries take most of the time that
// such a process starts in.
export { silentLogger } from './logger.ts';
export { createTimers } from './timers.ts';
export { createUuids } from './ids.ts';
export { createProgressReport, type Progress } from './progress.ts';
export { progressLine } from './progress-line.ts';
