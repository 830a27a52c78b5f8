import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  anna,
  chloe,
  dayMs,
  hourMs,
  kenji,
  mateo,
  startGateway,
  startOfTime,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

describe('asking for a session', () => {
  it('answers with the new session request, its ETag and its place', async () => {
    const slot = gateway.slotIn(7 * dayMs);
    const answer = await gateway
      .as(chloe)
      .post('/session-requests', { body: { with: anna.id, ...slot, note: 'Hello' } });
    expect([answer.status, answer.headers['etag'], answer.headers['location']]).toEqual([
      201,
      '"0"',
      `/api/v1/session-requests/${answer.body.id}`,
    ]);
    expect(answer.body).toEqual({
      id: expect.any(String),
      status: 'pending',
      revision: 0,
      coach: { id: anna.id, name: 'Anna Berg', timeZone: 'Europe/Berlin' },
      client: { id: chloe.id, name: 'Chloé Martin', timeZone: 'Europe/Paris' },
      requestedBy: 'client',
      agreed: null,
      proposal: {
        ...slot,
        note: 'Hello',
        proposedBy: 'client',
        awaiting: 'coach',
        respondBy: '2026-11-28T08:00:00.000Z',
        round: 1,
        policyId: 'hse-2026-1',
        respondByRule:
          'Proposed 3 days or more ahead: a coach has to answer at least 48 hours before the start.',
      },
      outcome: null,
      allowedActions: ['adjust', 'cancel-session'],
    });
  });

  it('shows the fields in the order of the documentation', async () => {
    const { body } = await gateway
      .as(chloe)
      .post('/session-requests', { body: { with: anna.id, ...gateway.slotIn(dayMs) } });
    expect(Object.keys(body)).toEqual([
      'id',
      'status',
      'revision',
      'coach',
      'client',
      'requestedBy',
      'agreed',
      'proposal',
      'outcome',
      'allowedActions',
    ]);
  });
});
void [hourMs, kenji, mateo, startOfTime];
