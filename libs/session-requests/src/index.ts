export { isInstant, toEpochMs, toInstant, type Instant } from './instant.ts';
export {
  otherRole,
  sessionRequestEventTypes,
  type CancellationCause,
  type Role,
  type SessionAccepted,
  type SessionAdjusted,
  type SessionCancelled,
  type SessionRejected,
  type SessionRequested,
  type SessionRequestEvent,
  type SessionRequestEventType,
  type Slot,
} from './events.ts';
export {
  evolve,
  roleOf,
  sessionRequestStatuses,
  statusOf,
  type Outcome,
  type Proposal,
  type SessionRequest,
  type SessionRequestStatus,
} from './session-request.ts';
export type {
  AcceptSession,
  AdjustSession,
  CancelSession,
  ExpireSessionRequest,
  Party,
  RejectSession,
  RequestSession,
  SessionRequestCommand,
} from './commands.ts';
export { rejection, rejectionCodes, type Rejection, type RejectionCode } from './rejection.ts';
export {
  defaultExpiryPolicy,
  respondByFor,
  type CutOff,
  type ExpiryPolicy,
  type ExpiryPolicyDocument,
  type ExpiryRule,
} from './expiry-policy.ts';
export { InvalidExpiryPolicy, parseExpiryPolicy } from './parse-expiry-policy.ts';
export { decide, type Decision, type DecisionContext } from './decide.ts';
export { actions, allowedActions, type Action } from './permissions.ts';
export { awaitedAnswer, type AwaitedAnswer } from './views.ts';
