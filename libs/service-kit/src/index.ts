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
export { createSystemClock, type SystemClockOptions } from './system-clock.ts';
export { createSimulatedClock, type SimulatedClock, type SimulatedClockOptions } from './simulated-clock.ts';
export { createTimers } from './timers.ts';
export { createSequentialUuids, createUuids } from './ids.ts';
export { alive, startHealthServer, type HealthServer } from './health-server.ts';
export {
  createHealthWatch,
  publicHealth,
  type Ability,
  type DependencyHealth,
  type HealthReport,
  type HealthWatch,
} from './health.ts';
export { createUnderWay, type UnderWay } from './under-way.ts';
export { feedChecks, missing, probeCheck, type ReadinessCheck } from './readiness.ts';
export {
  healthSettings,
  lingerSettings,
  processSettings,
  runService,
  telemetrySettings,
  tracing,
  type RunningService,
  type ServiceContext,
} from './run-service.ts';
export {
  allOrFaults,
  clockSettings,
  logSettings,
  needs,
  policySettings,
  readDocument,
  readPolicy,
} from './service-settings.ts';
export { waitFor, type Dependency } from './wait-for.ts';
export {
  eventStoreAddress,
  eventStoreSettings,
  kafkaSettings,
  mongoSettings,
  requestsSettings,
} from './engine-settings.ts';
export { createProgressReport, type Progress } from './progress.ts';
export { progressLine } from './progress-line.ts';
