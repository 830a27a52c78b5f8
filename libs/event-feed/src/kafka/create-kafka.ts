import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';

export interface CreateKafkaOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Tells the brokers' logs and quotas who this is. */
  readonly clientId: string;
  readonly logger: {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Default: no TLS. */
  readonly ssl?: KafkaConfig['ssl'];
  /** Default: no authentication. */
  readonly sasl?: KafkaConfig['sasl'];
  /** For how long an answer to one request is waited for, in milliseconds. Default 30 000; members of a group wait for each other that long. */
  readonly requestTimeoutMs?: number;
}

/**
 * The client that everything here works with; nothing is connected yet. A client carries at most one member of a group:
 * kafkajs keeps a group's offsets per client.
 */
export const createKafka = ({
  brokers,
  clientId,
  logger,
  ssl,
  sasl,
  requestTimeoutMs,
}: CreateKafkaOptions): Kafka => {
  hideNegativeTimeouts();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(ssl !== undefined && { ssl }),
    ...(sasl && { sasl }),
    connectionTimeout: 3_000,
    ...(requestTimeoutMs !== undefined && { requestTimeout: requestTimeoutMs }),
    // Short: whoever uses the client tries again for as long as it takes, and says so.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => {
      passOn(entry, logger);
    },
  });
};

/** What kafkajs calls an error it mostly tries again; what it gives up on is thrown and reported by whoever called. */
const passOn = (
  { namespace, level, log: { message, timestamp: _, ...fields } }: LogEntry,
  logger: CreateKafkaOptions['logger'],
): void => {
  const about = { ...fields, namespace };
  if (level === logLevel.ERROR) logger.warn(about, message);
  else if (level === logLevel.WARN) logger.info(about, message);
  else logger.debug(about, message);
};

let hidden = false;

/** kafkajs 2.2.4 asks for timers in the past, which newer runtimes warn of, and which does no harm. */
const hideNegativeTimeouts = (): void => {
  if (hidden) return;
  hidden = true;
  const emitWarning = process.emitWarning.bind(process) as (...parts: unknown[]) => void;
  process.emitWarning = (...parts: unknown[]): void => {
    if (parts[1] !== 'TimeoutNegativeWarning') emitWarning(...parts);
  };
};
