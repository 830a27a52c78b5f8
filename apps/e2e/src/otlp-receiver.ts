import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where the trace begins. */
  readonly parentId: string;
  readonly startedAt: bigint;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The traces that it is linked to. */
  readonly links: readonly string[];
}

/** A collector as small as can be: takes traces by OTLP over HTTP, in protobuf. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isTraces = request.method === 'POST' && request.url === '/v1/traces';
      if (isTraces) spans.push(...spansIn(Buffer.concat(chunks)));
      response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

// Numbers of fields: opentelemetry-proto 1.x, trace/v1/trace.proto, resource/v1 and common/v1.

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;

/** An ExportTraceServiceRequest. */
const spansIn = (request: Buffer): ReceivedSpan[] =>
  fieldsOf(request)
    .all(1)
    .flatMap((resourceSpans) => {
      const part = fieldsOf(resourceSpans);
      const resource = attributesOf(part.all(1).flatMap((each) => fieldsOf(each).all(1)));
      const scopes = part.all(2).map(fieldsOf);
      return scopes.flatMap((scope) =>
        scope.all(2).map((span) => spanOf(span, String(resource['service.name']))),
      );
    });

const spanOf = (bytes: Buffer, service: string): ReceivedSpan => {
  const span = fieldsOf(bytes);
  const hex = (field: number): string => span.all(field)[0]?.toString('hex') ?? '';
  return {
    service,
    name: String(span.all(5)[0]),
    kind: kinds[Number(span.number(6))] ?? 'UNSPECIFIED',
    traceId: hex(1),
    spanId: hex(2),
    parentId: hex(4),
    startedAt: span.number(7),
    attributes: attributesOf(span.all(9)),
    links: span.all(13).map((link) => fieldsOf(link).all(1)[0]?.toString('hex') ?? ''),
  };
};

/** A list of KeyValue, as far as values are texts or whole numbers. */
const attributesOf = (list: readonly Buffer[]): Record<string, string | number> =>
  Object.fromEntries(
    list.map(fieldsOf).map((pair) => {
      const value = fieldsOf(pair.all(2)[0] ?? Buffer.alloc(0));
      return [String(pair.all(1)[0]), value.all(1)[0]?.toString() ?? Number(value.number(3))];
    }),
  );

/** The fields of a message of Protocol Buffers, by their numbers. */
const fieldsOf = (message: Buffer) => {
  const texts = new Map<number, Buffer[]>();
  const numbers = new Map<number, bigint>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) numbers.set(field, varint());
    else if (wire === 1) numbers.set(field, message.readBigUInt64LE((at += 8) - 8));
    else if (wire === 5) at += 4;
    else {
      const length = Number(varint());
      texts.set(field, [...(texts.get(field) ?? []), message.subarray(at, (at += length))]);
    }
  }
  return {
    all: (field: number): readonly Buffer[] => texts.get(field) ?? [],
    number: (field: number): bigint => numbers.get(field) ?? 0n,
  };
};
