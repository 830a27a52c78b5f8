import { fileURLToPath } from 'node:url';

/**
 * Where the service is described, and how its messages look in JavaScript: fields in camel case, numbers as numbers, absent
 * fields and zeros as undefined. Client and server have to agree on it; NestJS takes it as part of its gRPC options.
 */
export const commandBusService = {
  package: 'hse.command_bus.v1',
  // As far from the sources as from what is compiled.
  protoPath: fileURLToPath(new URL('../../proto/command-bus.proto', import.meta.url)),
  loader: { longs: Number, enums: String, arrays: true },
} as const;

export const serviceName = 'hse.command_bus.v1.CommandBus';

/** UTF-8 bytes of the JSON text of one command. */
export const maxCommandBytes = 1024 * 1024;
export const tooLarge = `a command can have ${maxCommandBytes} bytes of JSON at most`;

/** UTF-16 units of text after which a message is full. With the largest command on top it stays below gRPC's 4 MiB. */
export const fullMessageLength = 256 * 1024;

export interface WireCommand {
  readonly sequence?: number;
  readonly commandId?: string;
  readonly command?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly timeoutMs?: number;
}

export interface WireCommands {
  readonly commands: readonly WireCommand[];
}

export interface WireCurrent {
  readonly state?: string;
  readonly revision?: number;
  readonly recordedAt?: string;
}

export interface WireFailure {
  readonly kind?: 'INTERNAL' | 'NOT_WRITTEN' | 'UNKNOWN' | 'TOO_MANY_CONFLICTS' | 'INVALID' | 'NOT_EXECUTED';
  readonly reason?: string;
  readonly message?: string;
  readonly attempts?: number;
}

export interface WireResult {
  readonly sequence?: number;
  readonly done?: { readonly current?: WireCurrent; readonly position?: number };
  readonly rejected?: { readonly rejection?: string; readonly current?: WireCurrent };
  readonly failed?: WireFailure;
}

export interface WireResults {
  readonly results?: readonly WireResult[];
  readonly capacity?: number;
  readonly draining?: boolean;
}
