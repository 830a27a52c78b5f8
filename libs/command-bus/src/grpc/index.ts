export {
  createCommandServer,
  type CommandServer,
  type CommandServerOptions,
  type CommandStream,
} from './command-server.ts';
export {
  createGrpcCommandBus,
  type CommandBusHealth,
  type GrpcCommandBus,
  type GrpcCommandBusOptions,
} from './grpc-command-bus.ts';
export type { Resolve } from './addresses.ts';
export type { InstanceState } from './instance.ts';
export { commandBusService } from './wire.ts';
