import { describe, expect, it } from '@jest/globals';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  respondByFor,
  toEpochMs,
  toInstant,
  type ExpiryPolicyDocument,
  type Role,
} from '@hse/session-requests';
import { respondByRule } from './respond-by-rule.ts';

const proposedAt = '2026-11-23T08:00:00.000Z';
const hourMs = 3_600_000;

const explain = (
  leadMs: number,
  awaiting: Role,
  document: ExpiryPolicyDocument = defaultExpiryPolicy,
  changes: object = {},
) => {
  const policy = parseExpiryPolicy(document);
  const startsAt = toInstant(toEpochMs(proposedAt) + leadMs);
  const requestedBy: Role = 'client';
  const proposal = {
    slot: { startsAt, endsAt: toInstant(toEpochMs(startsAt) + hourMs) },
    proposedBy: requestedBy,
    awaiting,
    respondBy: respondByFor(policy, { proposedAt, startsAt, awaiting, requestedBy }),
    round: 1,
    policyId: policy.id,
    ...changes,
  };
  return respondByRule(policy, proposal, requestedBy, proposedAt);
};

describe('why a proposal has to be answered by its deadline', () => {
  it.each([
    [hourMs, 'Proposed less than 24 hours ahead: ', 'two thirds', 'one third'],
    [24 * hourMs - 1, 'Proposed less than 24 hours ahead: ', 'two thirds', 'one third'],
  ])('is told as a share of the time when there is little (%d ms ahead)', (leadMs, lead, coach, client) => {
    const left = (share: string) => `while at least ${share} of the time to the start is left.`;
    expect(explain(leadMs, 'coach')).toBe(`${lead}a coach has to answer ${left(coach)}`);
    expect(explain(leadMs, 'client')).toBe(`${lead}a client has to answer ${left(client)}`);
  });

  it.each([
    [24 * hourMs, 'between 24 hours and 48 hours', 16, 8],
    [48 * hourMs - 1, 'between 24 hours and 48 hours', 16, 8],
    [48 * hourMs, 'between 48 hours and 3 days', 32, 16],
    [72 * hourMs, '3 days or more', 48, 24],
    [30 * 24 * hourMs, '3 days or more', 48, 24],
  ])('is told in hours otherwise (%d ms ahead)', (leadMs, lead, coach, client) => {
    const said = (role: Role, hours: number) =>
      `Proposed ${lead} ahead: a ${role} has to answer at least ${hours} hours before the start.`;
    expect(explain(leadMs, 'coach')).toBe(said('coach', coach));
    expect(explain(leadMs, 'client')).toBe(said('client', client));
  });

  it('follows the policy, whatever it says', () => {
    const other: ExpiryPolicyDocument = {
      ...defaultExpiryPolicy,
      id: 'other',
      deadlineRole: 'requester',
      rules: [
        { from: 'PT0S', to: 'PT90M', client: { shareOfLead: [1, 2] }, coach: { shareOfLead: [3, 7] } },
        { from: 'PT90M', client: { beforeStart: 'PT1M' }, coach: { beforeStart: 'PT45S' } },
      ],
    };
    expect(explain(hourMs, 'coach', other)).toBe(
      'Proposed less than 90 minutes ahead: what a client asked for has to be answered while at least half of the time to the start is left.',
    );
    expect(explain(2 * hourMs, 'coach', other)).toBe(
      'Proposed 90 minutes or more ahead: what a client asked for has to be answered at least 1 minute before the start.',
    );
    const awaited = { ...other, deadlineRole: 'awaited' } as const;
    expect(explain(hourMs, 'coach', awaited)).toContain('a coach has to answer while at least 3/7 of');
    expect(explain(2 * hourMs, 'coach', awaited)).toContain('at least 45 seconds before');
  });

  it('is not made up: another policy, or a deadline that the rule does not lead to, is left unexplained', () => {
    expect(explain(48 * hourMs, 'coach', defaultExpiryPolicy, { policyId: 'hse-2025-1' })).toBeUndefined();
    expect(
      explain(48 * hourMs, 'coach', defaultExpiryPolicy, { respondBy: '2026-11-23T09:00:00.000Z' }),
    ).toBeUndefined();
  });
});
