import { toEpochMs, toInstant, type Slot } from '@hse/session-requests';
import type { SessionRequestView } from './api.ts';
import { HOUR, MINUTE, type System } from './system.ts';

/** One session of Anna’s in every state there is. */
export interface Sample {
  readonly agreed: SessionRequestView;
  readonly awaitsMe: SessionRequestView;
  readonly awaitsOther: SessionRequestView;
  readonly changeAwaitsMe: SessionRequestView;
  readonly changeAwaitsOther: SessionRequestView;
  readonly rejected: SessionRequestView;
  readonly cancelled: SessionRequestView;
  readonly unanswered: SessionRequestView;
}

/** Two weeks of a coach, as they might be: thirteen sessions with four clients, from Monday, 23 November 2026, 8:00 UTC on. */
export const createSample = async (system: System): Promise<Sample> => {
  const slot = (startsAt: string, minutes = 60): Slot => ({
    startsAt: toInstant(toEpochMs(`${startsAt}:00.000Z`)),
    endsAt: toInstant(toEpochMs(`${startsAt}:00.000Z`) + minutes * MINUTE),
  });
  const anna = await system.as('anna');
  const asks = async (account: string, when: Slot, note?: string): Promise<SessionRequestView> =>
    (await system.as(account)).request(system.participant('anna').id, when, note);
  const agree = async (account: string, when: Slot, note?: string): Promise<SessionRequestView> =>
    anna.act('accept', await asks(account, when, note));

  const unanswered = await asks('noah', slot('2026-11-23T09:00'), 'Sorry for being so late with this!');
  const agreed = await agree(
    'kenji',
    slot('2026-11-25T08:30'),
    'How the interview in Osaka went, and what comes next.',
  );
  await agree('priya', slot('2026-11-24T13:00', 45));
  await agree('chloe', slot('2026-12-04T10:00', 90));
  await agree('kenji', slot('2026-12-02T08:30'));
  const rejected = await anna.act('reject', await asks('noah', slot('2026-11-27T19:00')), {
    reason: 'Too late in the day for me. Could you do it before 18:00 my time?',
  });
  const cancelled = await anna.act('cancel', await agree('chloe', slot('2026-11-30T09:00')), {
    what: 'session',
    reason: 'I am at a funeral on that day. I am sorry.',
  });
  const changeAwaitsMe = await (
    await system.as('priya')
  ).act('adjust', await agree('priya', slot('2026-12-01T13:00', 45)), {
    ...slot('2026-12-02T14:30', 45),
    note: 'My daughter has a concert on Tuesday.',
  });
  const changeAwaitsOther = await anna.act('adjust', await agree('chloe', slot('2026-11-27T14:00')), {
    ...slot('2026-11-27T15:30'),
    note: 'Half past four suits me better. Is that all right?',
  });
  const awaitsOther = await anna.request(
    system.participant('noah').id,
    slot('2026-11-28T17:00', 30),
    'A short one before the audit?',
  );
  const awaitsMe = await asks(
    'kenji',
    slot('2026-11-26T09:00', 90),
    'I would like to talk through the first chapter. I have sent it to you by mail.',
  );
  await asks('chloe', slot('2026-11-26T09:30'));
  await anna.act('adjust', await asks('noah', slot('2026-12-03T06:00')), slot('2026-12-03T17:00'));
  await system.advanceBy(HOUR / 3);
  return {
    agreed,
    awaitsMe,
    awaitsOther,
    changeAwaitsMe,
    changeAwaitsOther,
    rejected,
    cancelled,
    unanswered,
  };
};
