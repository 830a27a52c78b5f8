import { describe, expect, it } from '@jest/globals';
import type { SessionRequest } from '../api/client.ts';
import { whatChanged } from './what-changed.ts';

const slots = {
  Tuesday: { startsAt: '2026-11-24T14:00:00.000Z', endsAt: '2026-11-24T15:00:00.000Z' },
  Wednesday: { startsAt: '2026-11-25T10:00:00.000Z', endsAt: '2026-11-25T11:00:00.000Z' },
  Friday: { startsAt: '2026-11-27T08:00:00.000Z', endsAt: '2026-11-27T09:00:00.000Z' },
};
type Day = keyof typeof slots;

const say = ({ startsAt }: { startsAt: string }): string =>
  Object.entries(slots).find(([, slot]) => slot.startsAt === startsAt)?.[0] ?? 'another day';

const proposal = (day: Day, proposedBy: 'coach' | 'client', round: number): SessionRequest['proposal'] => ({
  ...slots[day],
  proposedBy,
  awaiting: proposedBy === 'coach' ? 'client' : 'coach',
  respondBy: '2026-11-23T14:00:00.000Z',
  round,
  policyId: 'hse-2026-1',
});

const outcome = (
  by: 'coach' | 'client' | 'system',
  cause?: 'withdrawn' | 'called-off' | 'no-response',
): SessionRequest['outcome'] => ({ by, ...(cause && { cause }), at: '2026-11-22T10:00:00.000Z' });

const state = (parts: Partial<SessionRequest>): SessionRequest => ({
  id: '019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60',
  status: 'pending',
  revision: 0,
  coach: { id: 'p-1', name: 'Anna Berg', timeZone: 'Europe/Berlin' },
  client: { id: 'p-2', name: 'Kenji Sato', timeZone: 'Asia/Tokyo' },
  requestedBy: 'client',
  agreed: null,
  proposal: null,
  outcome: null,
  slot: slots.Tuesday,
  allowedActions: [],
  ...parts,
});

// Kenji, a client, has asked Anna for Tuesday; and what may have become of it.
const asked = state({ proposal: proposal('Tuesday', 'client', 1) });
const agreed = state({ status: 'accepted', revision: 1, agreed: slots.Tuesday });
const moving = state({
  status: 'adjusting',
  revision: 2,
  agreed: slots.Tuesday,
  proposal: proposal('Wednesday', 'coach', 2),
});
const closed = (by: 'coach' | 'client' | 'system', cause?: 'withdrawn' | 'called-off' | 'no-response') =>
  state({ status: cause ? 'cancelled' : 'rejected', revision: 3, outcome: outcome(by, cause) });

describe('what changed', () => {
  it.each([
    // [what happened, before, after, what the client reads, what the coach reads]
    ['accepted', asked, agreed, 'Anna Berg accepted Tuesday meanwhile.', 'You accepted Tuesday meanwhile.'],
    [
      'another time proposed by the other one',
      asked,
      state({ revision: 1, proposal: proposal('Wednesday', 'coach', 2) }),
      'Anna Berg proposed Wednesday meanwhile.',
      'You proposed Wednesday meanwhile.',
    ],
    [
      'amended by who proposed it',
      asked,
      state({ revision: 1, proposal: proposal('Friday', 'client', 2) }),
      'You proposed Friday meanwhile.',
      'Kenji Sato proposed Friday meanwhile.',
    ],
    [
      'a change proposed to what was agreed',
      agreed,
      moving,
      'Anna Berg proposed Wednesday meanwhile.',
      'You proposed Wednesday meanwhile.',
    ],
    [
      'accepted, and a change proposed',
      asked,
      moving,
      'Tuesday was agreed meanwhile, and Anna Berg proposed Wednesday after that.',
      'Tuesday was agreed meanwhile, and you proposed Wednesday after that.',
    ],
    [
      'a change accepted',
      moving,
      state({ status: 'accepted', revision: 3, agreed: slots.Wednesday }),
      'You accepted Wednesday meanwhile.',
      'Kenji Sato accepted Wednesday meanwhile.',
    ],
    [
      'a change rejected, withdrawn or unanswered',
      moving,
      state({ status: 'accepted', revision: 3, agreed: slots.Tuesday }),
      'The change is off the table. The agreed time stands: Tuesday.',
      'The change is off the table. The agreed time stands: Tuesday.',
    ],
    [
      'agreed on something that had not been on the table',
      asked,
      state({ status: 'accepted', revision: 2, agreed: slots.Friday }),
      'Friday was agreed meanwhile.',
      'Friday was agreed meanwhile.',
    ],
    [
      'rejected',
      asked,
      closed('coach'),
      'Anna Berg rejected the request meanwhile.',
      'You rejected the request meanwhile.',
    ],
    [
      'withdrawn',
      asked,
      closed('client', 'withdrawn'),
      'You took the request back meanwhile.',
      'Kenji Sato took the request back meanwhile.',
    ],
    [
      'called off',
      agreed,
      closed('coach', 'called-off'),
      'Anna Berg cancelled the session meanwhile.',
      'You cancelled the session meanwhile.',
    ],
    [
      'cancelled by the system',
      asked,
      closed('system', 'no-response'),
      'It was cancelled automatically: there was no answer in time.',
      'It was cancelled automatically: there was no answer in time.',
    ],
    [
      'nothing that shows',
      agreed,
      { ...agreed, revision: 5 },
      'It is not as you saw it any more.',
      'It is not as you saw it any more.',
    ],
  ])('is told: %s', (_what, before, after, client, coach) => {
    expect(whatChanged(before, after, 'client', say)).toBe(client);
    expect(whatChanged(before, after, 'coach', say)).toBe(coach);
  });
});
