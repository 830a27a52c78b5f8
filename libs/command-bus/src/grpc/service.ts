import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { commandBusService, serviceName, type WireCommands, type WireResults } from './wire.ts';

const { protoPath, loader } = commandBusService;

/** The service as the client, and a server without NestJS, takes it. */
export const commandBusDefinition = loadSync(protoPath, loader)[serviceName] as unknown as ServiceDefinition<{
  Execute: MethodDefinition<WireCommands, WireResults>;
}>;

export const executeMethod = commandBusDefinition.Execute;
