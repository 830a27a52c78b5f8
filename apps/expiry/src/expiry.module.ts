import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { createExpiry, type Expiry, type ExpiryOptions } from './expiry.ts';

/** Token of the {@link Expiry} that this module provides. */
export const EXPIRY = Symbol('Expiry');

const lifecycleOf = (expiry: Expiry): OnApplicationBootstrap & BeforeApplicationShutdown => ({
  onApplicationBootstrap: () => expiry.start(),
  beforeApplicationShutdown: () => expiry.stop(),
});

/**
 * Deadlines are carried out from when the application is up until it shuts down (`close`, or `enableShutdownHooks`).
 * Nothing here needs a decorator, so that Node runs this package as it is.
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a dynamic module of Nest is named by a class
export class ExpiryModule {
  static register(options: ExpiryOptions): DynamicModule {
    return {
      module: ExpiryModule,
      providers: [
        { provide: EXPIRY, useFactory: () => createExpiry(options) },
        { provide: Symbol('ExpiryLifecycle'), inject: [EXPIRY], useFactory: lifecycleOf },
      ],
      exports: [EXPIRY],
    };
  }
}
