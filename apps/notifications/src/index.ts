export { createLiveUpdates } from './live-updates.ts';
export {
  createNotifications,
  type Notifications,
  type NotificationsDependencies,
} from './notifications-service.ts';
export { NOTIFICATIONS, NotificationsModule } from './notifications.module.ts';
export { checkParity, type ParityResult } from './parity.ts';
export { paritySettings, watchParity, type ParityWatch, type ParityWatchOptions } from './parity-watch.ts';
export { runParityCommand } from './parity-command.ts';
export { rebuildReadModels, type RebuildResult } from './rebuild.ts';
export { asksForRebuild, rebuildUsage, runRebuildCommand } from './rebuild-command.ts';
export { createProjection, type Projection, type ProjectionOptions } from './projection.ts';
