import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { commandBusService, createCommandServer } from '@hse/command-bus/grpc';
import type { SessionRequestBus } from '@hse/contracts';
import { createTimers, silentLogger } from '@hse/service-kit';
import { createRequestsMicroservice } from '../requests.module.ts';

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** An instance of the requests service, over a real socket. */
export const startRequestsInstance = async (bus: SessionRequestBus, at?: string) => {
  const url = at ?? `127.0.0.1:${await freePort()}`;
  const commands = createCommandServer({ bus, timers: createTimers(), logger: silentLogger });
  const service = await createRequestsMicroservice({ commands }, { url, service: commandBusService });
  await service.listen();
  return { url, commands, close: () => service.close() };
};
