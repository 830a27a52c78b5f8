import { Controller, Inject } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';

/** What serves the streams of commands that reach this process, until it is drained. The gRPC command bus has one. */
export interface CommandStreams {
  /** Takes what gRPC hands over; this service need not know what that is. */
  serve(stream: never): void;
  /** Takes no more commands, answers those under way, ends the streams. */
  drain(): Promise<void>;
}

/** Token of the {@link CommandStreams}. */
export const COMMAND_STREAMS = Symbol('CommandStreams');

/** Hands each stream of the service `CommandBus` to whoever serves it: between them nothing is copied or converted. */
@Controller()
export class CommandsController {
  readonly #streams: CommandStreams;
  constructor(@Inject(COMMAND_STREAMS) streams: CommandStreams) {
    this.#streams = streams;
  }

  @GrpcStreamCall('CommandBus', 'Execute')
  execute(stream: never): void {
    this.#streams.serve(stream);
  }
}
