import { describe, expect, it } from '@jest/globals';
import type { LiveChange, Me, SessionRequest } from '../api/client.ts';
import { newsOf } from './news.ts';

const anna = { id: 'p-1', name: 'Anna Berg', timeZone: 'Europe/Berlin' };
const kenji = { id: 'p-2', name: 'Kenji Sato', timeZone: 'Asia/Tokyo' };
const coach = { ...anna, role: 'coach', pendingActions: 0 } as unknown as Me;
const slot = { startsAt: '2026-11-24T14:00:00.000Z', endsAt: '2026-11-24T15:00:00.000Z' };
const respondBy = '2026-11-22T14:00:00.000Z';
const before = Date.parse('2026-11-22T13:00:00.000Z');
const after = Date.parse('2026-11-22T14:00:01.000Z');

const proposalBy = (proposedBy: 'coach' | 'client'): SessionRequest['proposal'] => ({
  ...slot,
  proposedBy,
  awaiting: proposedBy === 'coach' ? 'client' : 'coach',
  respondBy,
  round: 1,
  policyId: 'hse-2026-1',
});

const state = (revision: number, parts: Partial<SessionRequest> = {}): SessionRequest => ({
  id: 'r-1',
  revision,
  status: 'pending',
  coach: anna,
  client: kenji,
  requestedBy: 'client',
  slot,
  agreed: null,
  proposal: null,
  outcome: null,
  allowedActions: [],
  ...parts,
});

/** What is said to Anna, a coach, of a change from one state to another. */
const news = (
  event: LiveChange['event'],
  current: Partial<SessionRequest>,
  was?: Partial<SessionRequest>,
  now = before,
): string | undefined => {
  const shown = state(1, current);
  const change = { id: shown.id, event, current: shown } as LiveChange;
  return newsOf(coach, change, was && state(was.revision ?? 0, was), now);
};

const endedBy = (
  by: 'coach' | 'client' | 'system',
  cause?: 'withdrawn' | 'called-off' | 'no-response',
): Partial<SessionRequest> => ({ outcome: { by, ...(cause && { cause }), at: respondBy } });

const byClient = {
  proposal: proposalBy('client'),
  allowedActions: ['accept', 'adjust', 'reject'],
} satisfies Partial<SessionRequest>;
const byCoach = { proposal: proposalBy('coach') };

describe('what the other one did', () => {
  it('is said, when it awaits my answer', () => {
    expect(news('SessionRequested', byClient)).toBe('Kenji Sato asks for a session');
    expect(news('SessionAdjusted', byClient, byCoach)).toBe('Kenji Sato proposes another time');
    expect(news('SessionAdjusted', { ...byClient, agreed: slot })).toBe(
      'Kenji Sato proposes to move your session',
    );
  });

  it('is said, when it answers what I proposed', () => {
    expect(news('SessionAccepted', { agreed: slot }, byCoach)).toBe('Kenji Sato has accepted.');
    expect(news('SessionRejected', endedBy('client'), byCoach)).toBe(
      'Kenji Sato has rejected your proposal.',
    );
    expect(news('SessionRejected', { agreed: slot }, { ...byCoach, agreed: slot })).toBe(
      'Kenji Sato has rejected your proposal.',
    );
  });

  it('is said, when it ends the session, a request or a change', () => {
    expect(news('SessionCancelled', endedBy('client', 'called-off'), { agreed: slot })).toBe(
      'Kenji Sato cancelled your session.',
    );
    expect(news('SessionCancelled', endedBy('client', 'withdrawn'), byClient)).toBe(
      'Kenji Sato took the request back.',
    );
    expect(news('SessionCancelled', { agreed: slot }, { ...byClient, agreed: slot })).toBe(
      'The change to the session with Kenji Sato is off the table. The agreed time stands.',
    );
  });

  it('is said of endings also where nothing was known of the session', () => {
    expect(news('SessionRejected', endedBy('client'))).toBe('Kenji Sato has rejected your proposal.');
    expect(news('SessionCancelled', endedBy('client', 'called-off'))).toBe(
      'Kenji Sato cancelled your session.',
    );
  });
});

describe('what the system did', () => {
  it('is said, whoever did not answer', () => {
    const text =
      'The request between you and Kenji Sato was cancelled automatically: there was no answer in time.';
    expect(news('SessionCancelled', endedBy('system', 'no-response'), byClient, after)).toBe(text);
    expect(news('SessionCancelled', endedBy('system', 'no-response'), byCoach, after)).toBe(text);
    expect(news('SessionCancelled', { agreed: slot }, { ...byCoach, agreed: slot }, after)).toBe(
      'The change to the session with Kenji Sato is off the table. The agreed time stands.',
    );
  });
});

describe('what I did, in another tab or with another program', () => {
  it('is not said', () => {
    expect(news('SessionRequested', byCoach)).toBeUndefined();
    expect(news('SessionAdjusted', byCoach, byClient)).toBeUndefined();
    expect(news('SessionAccepted', { agreed: slot }, byClient)).toBeUndefined();
    expect(news('SessionRejected', endedBy('coach'), byClient)).toBeUndefined();
    expect(news('SessionRejected', { agreed: slot }, { ...byClient, agreed: slot })).toBeUndefined();
    expect(news('SessionCancelled', endedBy('coach', 'called-off'), { agreed: slot })).toBeUndefined();
    expect(news('SessionCancelled', endedBy('coach', 'withdrawn'), byCoach)).toBeUndefined();
    expect(news('SessionCancelled', { agreed: slot }, { ...byCoach, agreed: slot })).toBeUndefined();
  });
});

it('what is known already is no news', () => {
  expect(news('SessionRequested', byClient, { ...byClient, revision: 1 })).toBeUndefined();
  expect(news('SessionCancelled', { agreed: slot }, { agreed: slot, revision: 1 })).toBeUndefined();
});
