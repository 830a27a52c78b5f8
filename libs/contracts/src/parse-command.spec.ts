import { describe, expect, it } from '@jest/globals';
import type { SessionRequestCommand } from '@hse/session-requests';
import { parseCommand } from './parse-command.ts';

const slot = { startsAt: '2026-11-27T09:00:00.000Z', endsAt: '2026-11-27T10:00:00.000Z' };
const seen = { requestId: 'r', by: 'carla', expectedRevision: 0 };

const commands: readonly SessionRequestCommand[] = [
  {
    type: 'RequestSession',
    requestId: 'r',
    by: { id: 'chris', role: 'client' },
    with: { id: 'carla', role: 'coach' },
    slot,
    note: '\u0000\ud800',
  },
  { type: 'AcceptSession', ...seen },
  { type: 'RejectSession', ...seen, reason: '' },
  { type: 'AdjustSession', ...seen, slot },
  { type: 'CancelSession', ...seen, what: 'change' },
  { type: 'ExpireSessionRequest', requestId: 'r', round: 1 },
];

describe('a command from another process', () => {
  it.each(commands)('is taken as it is: $type', (command) => {
    expect(parseCommand(JSON.parse(JSON.stringify(command)))).toEqual(command);
  });

  it('of a later release keeps what is not known here', () => {
    const later = { ...commands[1], urgency: 'high' };
    expect(parseCommand(later)).toBe(later);
  });

  it.each(commands)('is refused without any one of its fields: $type', (command) => {
    for (const field of Object.keys(command).filter((name) => name !== 'note' && name !== 'reason')) {
      const { [field as 'type']: _gone, ...rest } = command;
      expect(() => parseCommand(rest)).toThrow(TypeError);
    }
  });

  it.each([
    [{ ...commands[0], by: 'chris' }, 'RequestSession.by'],
    [{ ...commands[0], with: { id: 'carla', role: 'admin' } }, 'RequestSession.with'],
    [{ ...commands[0], slot: { ...slot, endsAt: '2026-02-30T10:00:00.000Z' } }, 'RequestSession.slot'],
    [{ ...commands[0], note: 7 }, 'RequestSession.note'],
    [{ ...commands[1], requestId: '' }, 'AcceptSession.requestId'],
    [{ ...commands[1], expectedRevision: -1 }, 'AcceptSession.expectedRevision'],
    [{ ...commands[1], expectedRevision: 0.5 }, 'AcceptSession.expectedRevision'],
    [{ ...commands[4], what: 'everything' }, 'CancelSession.what'],
    [{ ...commands[5], round: null }, 'ExpireSessionRequest.round'],
  ])('is refused with a field that is not right: %j', (command, field) => {
    expect(() => parseCommand(command)).toThrow(`${field} is not what it has to be`);
  });

  it.each([null, undefined, 7, 'AcceptSession', [], {}, { type: 7 }, { type: 'toString' }])(
    'has to be a command: %j',
    (value) => {
      expect(() => parseCommand(value)).toThrow(TypeError);
    },
  );
});
