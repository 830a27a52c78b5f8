import { commandBusService, createCommandServer } from '@hse/command-bus/grpc';
import type { SessionRequestBus } from '@hse/contracts';
import { freePorts } from '@hse/engines';
import { createTimers, silentLogger } from '@hse/service-kit';
import { createRequestsMicroservice } from '../requests.module.ts';

/** An instance of the requests service, over a real socket. */
export const startRequestsInstance = async (bus: SessionRequestBus, at?: string) => {
  const [port = 0] = at === undefined ? await freePorts(1) : [];
  const url = at ?? `127.0.0.1:${port}`;
  const commands = createCommandServer({ bus, timers: createTimers(), logger: silentLogger });
  const service = await createRequestsMicroservice({ commands }, { url, service: commandBusService });
  await service.listen();
  return { url, commands, close: () => service.close() };
};
