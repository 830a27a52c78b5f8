import { StoreUnavailable } from '@hse/event-sourcing';
import {
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';

const unreachable = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoOperationTimeoutError,
  MongoWriteConcernError,
];

/** OutOfDiskSpace, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const OUT_OF_DISK_SPACE = 14_031;

/**
 * What a server answers that starts, stops or is no primary: those after which a driver may ask once more, as the drivers'
 * specification of retryable reads lists them. It marks only writes with a label, and a second answer may be the same.
 */
const ofServersInTransition = new Set<unknown>([
  6, // HostUnreachable
  7, // HostNotFound
  89, // NetworkTimeout
  91, // ShutdownInProgress
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  262, // ExceededTimeLimit
  9_001, // SocketException
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
]);

/** What Node says of a socket that breaks while the driver writes to it: the driver passes that on as it is. */
const ofSockets = new Set<unknown>([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
]);

const isOfSocket = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && ofSockets.has(error.code);

/**
 * An error as the port has it; what has nothing to do with the server's state is a mistake of ours and stays as it is.
 * The driver has repeated a write once and does not say what became of the first attempt: the outcome is unknown.
 */
export const explained = (error: unknown, outcome: StoreUnavailable['outcome'] = 'unknown'): unknown => {
  if (isOfSocket(error)) return new StoreUnavailable(error.message, outcome, 'unreachable', { cause: error });
  if (!(error instanceof MongoError)) return error;
  if (error instanceof MongoServerError && error.code === OUT_OF_DISK_SPACE)
    return new StoreUnavailable(error.message, outcome, 'full', { cause: error });
  if (
    unreachable.some((kind) => error instanceof kind) ||
    (error instanceof MongoServerError && ofServersInTransition.has(error.code)) ||
    error.name === 'MongoWaitQueueTimeoutError' || // the driver does not export it
    error.hasErrorLabel(MongoErrorLabel.RetryableWriteError)
  )
    return new StoreUnavailable(error.message, outcome, 'unreachable', { cause: error });
  return error;
};

/** Questions that reject with StoreUnavailable when the server cannot be reached. Nothing was to be written. */
export const explaining = <Q extends object>(questions: Q): Q =>
  Object.fromEntries(
    Object.entries(questions as Record<string, (...given: unknown[]) => Promise<unknown>>).map(
      ([name, ask]) => [
        name,
        async (...given: unknown[]) => {
          try {
            return await ask(...given);
          } catch (error) {
            throw explained(error, 'not-written');
          }
        },
      ],
    ),
  ) as Q;
