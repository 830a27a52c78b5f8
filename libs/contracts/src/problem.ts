import type { RejectionCode } from '@hse/session-requests';
import type { Fault, SessionRequestView } from './http-shapes.ts';

/** What can go wrong, all of it: the code is stable, the title is for people. */
export const problemTable = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'malformed-request': { status: 400, title: 'The request is not HTTP that can be understood' },
  'invalid-request': { status: 400, title: 'The request is invalid' },
  'as-of-in-future': { status: 400, title: 'This instant has not been reached' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  'unknown-participant': { status: 403, title: 'The token belongs to nobody who takes part' },
  'cross-site-request': { status: 403, title: 'The request does not come from a page of this server' },
  'insufficient-scope': { status: 403, title: 'The token does not allow this' },
  'not-awaited': { status: 403, title: 'It is not your answer that is awaited' },
  'not-the-requester': { status: 403, title: 'Only who proposed it can take it back' },
  'not-a-party': { status: 404, title: 'There is no such session request' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'role-fixed': { status: 409, title: 'Who has session requests keeps their role' },
  'already-closed': { status: 409, title: 'The session request is closed' },
  'session-started': { status: 409, title: 'The session has started' },
  'deadline-passed': { status: 409, title: 'The time to answer is over' },
  'nothing-proposed': { status: 409, title: 'Nothing is on the table' },
  'not-due': { status: 409, title: 'The time to answer is not over' },
  conflict: { status: 412, title: 'It has changed since you saw it' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has to be application/json' },
  'slot-unchanged': { status: 422, title: 'This slot already stands' },
  'slot-in-past': { status: 422, title: 'The slot lies in the past' },
  'notice-too-short': { status: 422, title: 'The slot starts too soon' },
  'too-far-ahead': { status: 422, title: 'The slot lies too far ahead' },
  'invalid-duration': { status: 422, title: 'The session is too short or too long' },
  'same-role': { status: 422, title: 'A session is between a coach and a client' },
  'unknown-other-party': { status: 422, title: 'There is no such participant' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key belongs to another request' },
  'clock-not-forward': { status: 422, title: 'A clock can only be moved forward' },
  'if-match-required': { status: 428, title: 'Say which revision you saw' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'too-many-connections': { status: 429, title: 'Too many open connections' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  overloaded: { status: 503, title: 'There is too much to do' },
  unavailable: { status: 503, title: 'At present this cannot be done' },
  'read-model-behind': { status: 503, title: 'What you asked for cannot be read yet' },
  'not-ready': { status: 503, title: 'Not ready' },
  'storage-full': { status: 507, title: 'There is no space left to record anything' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemTable;

export const problemContentType = 'application/problem+json; charset=utf-8';

/** RFC 9457 problem details. */
export interface Problem {
  /** A relative reference to the documentation of the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly errors?: readonly Fault[];
  readonly current?: SessionRequestView;
  /** Of a failure of ours: the `x-request-id` by which it is found in the logs. */
  readonly httpRequestId?: string;
}

/** Path of the page that documents the codes; `type` of a problem is this with the code as its fragment. */
export const problemsPath = '/api/problems';

export const problem = (
  code: ProblemCode,
  detail: string = `${problemTable[code].title}.`,
  more: { readonly errors?: readonly Fault[]; readonly current?: SessionRequestView } = {},
): Problem => {
  const { status, title } = problemTable[code];
  return { type: `${problemsPath}#${code}`, title, status, detail, code, ...more };
};

/** Every rejection of the domain keeps its code; its status is in the table. */
export const problemOfRejection = (code: RejectionCode): ProblemCode => code;
