export { logCommands } from './log-commands.ts';
export { createRequests, type RequestsDependencies } from './requests-service.ts';
export type { CommandStreams } from './commands.controller.ts';
export {
  createRequestsMicroservice,
  RequestsModule,
  requestsTransport,
  type RequestsMicroservice,
  type RequestsModuleOptions,
  type RequestsTransportOptions,
} from './requests.module.ts';
export { createRelay, type Relay, type RelayHealth, type RelayOptions } from './relay.ts';
