import { describe, expect, it } from '@jest/globals';
import { ApiProblem, NetworkFailure } from '../api/problem.ts';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import type { Draft } from './draft.ts';
import { faultsOf, faultsOfError, faultsOfRefusal } from './faults.ts';
import { slotFromAddress } from './slot-from-address.ts';

const draft = (slot: Partial<Draft['slot']> = {}, note = ''): Draft => ({
  other: null,
  slot: { day: '2026-11-24', time: '14:00', minutes: 60, which: 'earlier', ...slot },
  note,
});
const zone = 'Europe/Berlin';

describe('what is wrong with what is filled in', () => {
  it('is nothing where a slot is complete', () => {
    expect(faultsOf(draft(), zone)).toEqual({});
    expect(faultsOf(draft({ minutes: 15 }), zone)).toEqual({});
    expect(faultsOf(draft({ minutes: 480 }, 'x'.repeat(1_000)), zone)).toEqual({});
  });

  it('stands beside the field that it is about', () => {
    expect(faultsOf(draft({ day: null, time: null, minutes: null }, 'x'.repeat(1_001)), zone)).toEqual({
      day: slotText.slot.missingDay,
      time: slotText.slot.missingTime,
      length: slotText.slot.missingLength,
      note: '1 character too many',
    });
    for (const minutes of [14, 481])
      expect(Object.keys(faultsOf(draft({ minutes }), zone))).toEqual(['length']);
  });

  it('is the time where the clocks leave it out, and nothing where they show it twice', () => {
    expect(Object.keys(faultsOf(draft({ day: '2027-03-28', time: '02:30' }), zone))).toEqual(['time']);
    expect(faultsOf(draft({ day: '2027-10-31', time: '02:30' }), zone)).toEqual({});
  });
});

describe('a refusal', () => {
  it.each([
    ['invalid-duration', 'length'],
    ['slot-in-past', 'time'],
    ['notice-too-short', 'time'],
    ['too-far-ahead', 'day'],
    ['slot-unchanged', 'time'],
    ['same-role', 'other'],
    ['unknown-other-party', 'other'],
  ])('%s stands beside the field: %s', (code, field) => {
    expect(faultsOfRefusal({ code, detail: 'as the server says it' })).toEqual({
      [field]: text.problem.byCode[code],
    });
  });

  it('that is about no field stands beside none', () => {
    expect(faultsOfRefusal({ code: 'deadline-passed', detail: '' })).toEqual({});
    expect(faultsOfError(new NetworkFailure())).toEqual({});
  });

  it('of an invalid request tells each field its fault', () => {
    const error = new ApiProblem(400, {
      code: 'invalid-request',
      errors: [
        { path: '/body/note', message: 'is too long' },
        { path: '/body/startsAt', message: 'is no instant' },
        { path: '/headers/if-match', message: 'is missing' },
      ],
    });
    expect(faultsOfError(error)).toEqual({ note: 'is too long', time: 'is no instant' });
  });
});

describe('the slot that an address names', () => {
  it('is read from its two instants, and lasts an hour where there is no end', () => {
    expect(slotFromAddress('2026-11-24T14:00:00Z', '2026-11-24T15:30:00Z')).toEqual({
      startsAt: '2026-11-24T14:00:00.000Z',
      endsAt: '2026-11-24T15:30:00.000Z',
    });
    expect(slotFromAddress('2026-11-24T14:00:00Z', undefined)?.endsAt).toBe('2026-11-24T15:00:00.000Z');
  });

  it('is none where they make no sense', () => {
    expect(slotFromAddress(undefined, '2026-11-24T15:30:00Z')).toBeUndefined();
    expect(slotFromAddress('tomorrow', undefined)).toBeUndefined();
    expect(slotFromAddress('2026-11-24T14:00:00Z', 'later')).toBeUndefined();
    expect(slotFromAddress('2026-11-24T14:00:00Z', '2026-11-24T14:00:00Z')).toBeUndefined();
  });
});
