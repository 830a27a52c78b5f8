import { createGrpcCommandBus } from '@hse/command-bus/grpc';
import { commandBusContract } from '@hse/contracts/testing';
import { createTimers, silentLogger } from '@hse/service-kit';
import { createRequests } from './requests-service.ts';
import { startRequestsInstance } from './testing/requests-instance.ts';

commandBusContract('a direct call', async (service) => ({
  bus: createRequests(service),
  close: async () => {},
}));

const overGrpc =
  (count: number): Parameters<typeof commandBusContract>[1] =>
  async (service) => {
    const instances = await Promise.all(
      Array.from({ length: count }, () => startRequestsInstance(createRequests(service))),
    );
    const bus = createGrpcCommandBus({
      address: instances.map(({ url }) => url).join(),
      timers: createTimers(),
      logger: silentLogger,
    });
    return {
      bus,
      async close() {
        await bus.close();
        await Promise.all(instances.map((instance) => instance.close()));
      },
    };
  };

commandBusContract('gRPC to one instance', overGrpc(1));
commandBusContract('gRPC to three instances', overGrpc(3));
