import { Module, type DynamicModule } from '@nestjs/common';
import { createRequests, type RequestsDependencies } from './requests-service.ts';

/** Token of the `SessionRequestBus` that this module provides. */
export const SESSION_REQUEST_BUS = Symbol('SessionRequestBus');

@Module({})
export class RequestsModule {
  static register(dependencies: RequestsDependencies): DynamicModule {
    return {
      module: RequestsModule,
      providers: [{ provide: SESSION_REQUEST_BUS, useFactory: () => createRequests(dependencies) }],
      exports: [SESSION_REQUEST_BUS],
    };
  }
}
