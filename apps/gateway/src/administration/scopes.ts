/** What an access token can allow beyond what participants may do, as its `scope` claim names it (RFC 6749 section 3.3). */
export const scopes = {
  'participants:write': 'Say who takes part.',
  'operations:read': 'See how the system is, what is parked, and the whole history of a session request.',
  'operations:write': 'Decide what becomes of parked streams.',
  'audit:read': 'See who has done what with these scopes.',
} as const;

export type Scope = keyof typeof scopes;

/** All of them, as a client asks for them. */
export const everyScope = Object.keys(scopes).join(' ');
