import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  createNotifications,
  type Notifications,
  type NotificationsDependencies,
} from './notifications-service.ts';

/** Token of the running `Notifications`. */
export const NOTIFICATIONS = Symbol('Notifications');

/** Follows the log for as long as the application runs. */
@Module({})
export class NotificationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #notifications: Notifications;

  constructor(@Inject(NOTIFICATIONS) notifications: Notifications) {
    this.#notifications = notifications;
  }

  static register(dependencies: NotificationsDependencies): DynamicModule {
    return {
      module: NotificationsModule,
      providers: [{ provide: NOTIFICATIONS, useFactory: () => createNotifications(dependencies) }],
      exports: [NOTIFICATIONS],
    };
  }

  onApplicationBootstrap(): void {
    this.#notifications.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#notifications.stop();
  }
}
