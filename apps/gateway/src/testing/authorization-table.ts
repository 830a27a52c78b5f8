import type { ProblemCode } from '@hse/contracts/http';
import { anna, chloe, dayMs, type GatewayUnderTest } from './gateway-under-test.ts';

/**
 * Who asks. Chloe (a client) has asked Anna (a coach) for a session, so she is the `requester` and Anna is `awaited`; another coach is the
 * `wrongParty` and another client the `otherRole`. `operator` has every scope of the administration and takes no part, `observer` may only
 * look. `sessionWithoutHeader` is Anna's browser, made to send its cookie by a page elsewhere.
 */
export const callers = [
  'anonymous',
  'expiredToken',
  'wrongAudience',
  'wrongParty',
  'otherRole',
  'requester',
  'awaited',
  'operator',
  'observer',
  'sessionWithoutHeader',
] as const;
export type Caller = (typeof callers)[number];

/** The status of an answer that is no problem, or the code of the problem. */
export type Outcome = 200 | 201 | 204 | ProblemCode;

/** A request that everybody sends alike, with nothing wrong in it. */
export interface Attempt {
  /** In place of the parameter in the path. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the operation's own method; for a stream that would not end. */
  readonly method?: 'HEAD';
}

export interface Entry {
  /** What is asked, made anew for each who asks. */
  readonly attempt?: (gateway: GatewayUnderTest, caller: Caller) => Promise<Attempt> | Attempt;
  readonly outcomes: Readonly<Record<Caller, Outcome>>;
}

const withoutToken = {
  anonymous: 'unauthenticated',
  expiredToken: 'unauthenticated',
  wrongAudience: 'unauthenticated',
} as const;
const notTakingPart = { operator: 'unknown-participant', observer: 'unknown-participant' } as const;

const everybody = (outcome: Outcome) =>
  Object.fromEntries(callers.map((caller) => [caller, outcome])) as Record<Caller, Outcome>;

/** Whoever takes part, in matters of their own. */
const participants = (outcome: Outcome, kind: 'reads' | 'changes' = 'reads'): Entry['outcomes'] => ({
  ...everybody(outcome),
  ...withoutToken,
  ...notTakingPart,
  ...(kind === 'changes' && { sessionWithoutHeader: 'cross-site-request' }),
});

/** For anybody but the two, there is no such session request. */
const parties = (requester: Outcome, awaited: Outcome, kind: 'reads' | 'changes'): Entry['outcomes'] => ({
  ...participants(awaited, kind),
  requester,
  wrongParty: 'not-a-party',
  otherRole: 'not-a-party',
});

/** With the scope; no session does, whoever it is of. */
const operators = (operator: Outcome, observer: Outcome): Entry['outcomes'] => ({
  ...everybody('insufficient-scope'),
  ...withoutToken,
  sessionWithoutHeader: 'unauthenticated',
  operator,
  observer,
});

const asked = async (gateway: GatewayUnderTest): Promise<{ id: string }> => {
  const { id } = await gateway.requested(chloe, anna);
  return { id };
};
const seen = { 'if-match': '"0"' };

/**
 * Who may do what: an entry for every operation of the OpenAPI document, by its method and path. One without an entry fails the tests, and
 * so does an entry without its operation.
 */
export const authorizationTable: Readonly<Record<string, Entry>> = {
  'get /livez': { outcomes: everybody(200) },
  'get /health': { outcomes: everybody(200) },
  'get /readyz': { outcomes: everybody(200) },

  'get /api/v1/me': { outcomes: participants(200) },
  'get /api/v1/participants': { outcomes: participants(200) },
  'get /api/v1/notifications': { outcomes: participants(200) },
  'get /api/v1/pending-actions': { outcomes: participants(200) },
  'get /api/v1/session-requests': { outcomes: participants(200) },
  'get /api/v1/live': { attempt: () => ({ method: 'HEAD' }), outcomes: participants(200) },
  'get /api/v1/slot-preview': {
    attempt: async (gateway) => {
      const { id: adjust } = await asked(gateway);
      return { query: new URLSearchParams({ adjust, ...gateway.slotIn(8 * dayMs) }).toString() };
    },
    outcomes: parties(200, 200, 'reads'),
  },
  'get /api/v1/clock': { outcomes: participants(200) },
  'post /api/v1/clock/advance': {
    attempt: ({ clock }) => ({ body: { to: new Date(clock.now() + 1_000).toISOString() } }),
    outcomes: participants(200, 'changes'),
  },
  'post /api/v1/notifications/read': {
    attempt: () => ({ body: { upTo: '0' } }),
    outcomes: participants(200, 'changes'),
  },

  'post /api/v1/session-requests': {
    attempt: (gateway, caller) => ({
      body: {
        // Somebody of the other role.
        with: ['requester', 'otherRole'].includes(caller) ? anna.id : chloe.id,
        ...gateway.slotIn(7 * dayMs),
      },
    }),
    outcomes: participants(201, 'changes'),
  },
  'get /api/v1/session-requests/{id}': { attempt: asked, outcomes: parties(200, 200, 'reads') },
  'get /api/v1/session-requests/{id}/history': { attempt: asked, outcomes: parties(200, 200, 'reads') },
  'post /api/v1/session-requests/{id}/accept': {
    attempt: async (gateway) => ({ ...(await asked(gateway)), headers: seen }),
    outcomes: parties('not-awaited', 200, 'changes'),
  },
  'post /api/v1/session-requests/{id}/reject': {
    attempt: async (gateway) => ({ ...(await asked(gateway)), headers: seen, body: { reason: 'no time' } }),
    outcomes: parties('not-awaited', 200, 'changes'),
  },
  'post /api/v1/session-requests/{id}/adjust': {
    attempt: async (gateway) => ({
      ...(await asked(gateway)),
      headers: seen,
      body: gateway.slotIn(8 * dayMs),
    }),
    outcomes: parties(200, 200, 'changes'),
  },
  'post /api/v1/session-requests/{id}/cancel': {
    attempt: async (gateway) => ({ ...(await asked(gateway)), headers: seen, body: { reason: 'ill' } }),
    outcomes: parties(200, 'not-the-requester', 'changes'),
  },

  'get /api/v1/participants/{id}': {
    attempt: () => ({ id: anna.id }),
    outcomes: operators(200, 'insufficient-scope'),
  },
  'put /api/v1/participants/{id}': {
    attempt: (_gateway, caller) => ({
      id: `p-of-${caller}`,
      body: { role: 'coach', name: 'Bo', timeZone: 'UTC' },
    }),
    outcomes: operators(201, 'insufficient-scope'),
  },
  'get /api/v1/admin/parked-streams': { outcomes: operators(200, 200) },
  // Nothing is parked in the embedded profile.
  'post /api/v1/admin/parked-streams/{group}/{stream}/retry': {
    attempt: () => ({ id: 'none', body: { reason: 'why' } }),
    outcomes: operators('not-found', 'insufficient-scope'),
  },
  'post /api/v1/admin/parked-streams/{group}/{stream}/discard': {
    attempt: () => ({ id: 'none', body: { reason: 'why' } }),
    outcomes: operators('not-found', 'insufficient-scope'),
  },
  'get /api/v1/admin/session-requests/{id}/history': {
    attempt: async (gateway) => ({ ...(await asked(gateway)), query: 'reason=why' }),
    outcomes: operators(200, 200),
  },
  'get /api/v1/admin/health': { outcomes: operators(200, 200) },
  'get /api/v1/admin/audit': { outcomes: operators(200, 'insufficient-scope') },
};
