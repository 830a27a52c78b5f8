import 'reflect-metadata';
import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { COMMAND_STREAMS, CommandsController, type CommandStreams } from './commands.controller.ts';

export interface RequestsModuleOptions {
  /** Serves the commands; its `drain` is called when the application shuts down, before the transport closes. */
  readonly commands: CommandStreams;
}

/** Takes commands over gRPC. */
@Module({})
export class RequestsModule implements BeforeApplicationShutdown {
  readonly #commands: CommandStreams;
  constructor(@Inject(COMMAND_STREAMS) commands: CommandStreams) {
    this.#commands = commands;
  }

  static register({ commands }: RequestsModuleOptions): DynamicModule {
    return {
      module: RequestsModule,
      controllers: [CommandsController],
      providers: [{ provide: COMMAND_STREAMS, useValue: commands }],
    };
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#commands.drain();
  }
}

export interface RequestsTransportOptions {
  /** `host:port` to listen on. */
  readonly url: string;
  /** Where the service is described: `commandBusService` of the gRPC command bus. */
  readonly service: Pick<GrpcOptions['options'], 'package' | 'protoPath'> & {
    readonly loader: Readonly<NonNullable<GrpcOptions['options']['loader']>>;
  };
}

/** For `NestFactory.createMicroservice`, or `connectMicroservice` of an application that also answers HTTP. */
export const requestsTransport = ({ url, service }: RequestsTransportOptions): GrpcOptions => ({
  transport: Transport.GRPC,
  options: {
    url,
    ...service,
    // Says good-bye (GOAWAY) and waits for streams to end; the drained ones have.
    gracefulShutdown: true,
    // A client whose connection is as good as dead is noticed after both of these.
    keepalive: { keepaliveTimeMs: 10_000, keepaliveTimeoutMs: 5_000 },
  },
});

/** The requests service as a Nest microservice. */
export interface RequestsMicroservice {
  /** Takes commands once this resolves. Rejects where it cannot listen. */
  listen(): Promise<unknown>;
  /** Answers what is under way, sends the clients elsewhere, and stops listening. */
  close(): Promise<void>;
}

export const createRequestsMicroservice = async (
  options: RequestsModuleOptions,
  transport: RequestsTransportOptions,
): Promise<RequestsMicroservice> => {
  const app = await NestFactory.createMicroservice<GrpcOptions>(RequestsModule.register(options), {
    ...requestsTransport(transport),
    logger: false,
    abortOnError: false,
  });
  return {
    listen: () => app.listen(),
    async close() {
      // Nest closes the transport of a microservice before it calls any hook, and that waits for the streams to end.
      await options.commands.drain();
      await app.close();
    },
  };
};
