import { describe, expect, it } from '@jest/globals';
import {
  StoreUnavailable,
  WrongExpectedRevision,
  type CommandResult,
  type EventStore,
} from '@hse/event-sourcing';
import { rejection, type Rejection, type SessionRequest } from '@hse/session-requests';
import { measureCommands } from './measured-command-bus.ts';
import { measureAppends } from './measured-event-store.ts';

type Result = CommandResult<SessionRequest, Rejection>;

const recorder = () => {
  const recorded: { name: string; value: number; attributes: object }[] = [];
  const record = (name: string, value: number, attributes: object) =>
    void recorded.push({ name, value, attributes });
  return { recorded, telemetry: { record } };
};

describe('a measured command bus', () => {
  const envelope = {
    commandId: '00000000-0000-4000-8000-000000000001',
    command: { type: 'ExpireSessionRequest', requestId: 'r-1', round: 1 },
  } as const;
  const current = undefined;
  it.each<[string, Result]>([
    ['recorded', { ok: true, current, position: 7 }],
    ['nothing-to-do', { ok: true, current, position: undefined }],
    ['not-due', { ok: false, current, rejection: rejection('not-due') }],
  ])('counts an answer as %s and hands it on', async (outcome, result) => {
    const { recorded, telemetry } = recorder();
    const bus = measureCommands({ execute: () => Promise.resolve(result) }, telemetry);
    expect(await bus.execute(envelope)).toBe(result);
    expect(recorded).toEqual([
      {
        name: 'session_requests.command.duration',
        value: expect.any(Number),
        attributes: { command: 'ExpireSessionRequest', outcome },
      },
    ]);
  });

  it('counts what got no answer as unavailable, and fails as the bus does', async () => {
    const { recorded, telemetry } = recorder();
    const error = new StoreUnavailable('away', 'unknown', 'unreachable');
    const bus = measureCommands({ execute: () => Promise.reject(error) }, telemetry);
    await expect(bus.execute(envelope)).rejects.toBe(error);
    expect(recorded).toMatchObject([{ attributes: { outcome: 'unavailable' } }]);
  });
});

describe('a measured event store', () => {
  const append = async (answer: Error | undefined) => {
    const { recorded, telemetry } = recorder();
    const result = { revision: 0, position: 1, repeated: false };
    const inner = { append: () => (answer ? Promise.reject(answer) : Promise.resolve(result)) };
    const store = measureAppends(inner as unknown as EventStore, { telemetry, system: 'sqlite' });
    const appended = store.append('s', [], { expected: 'any' });
    if (answer) await expect(appended).rejects.toBe(answer);
    else expect(await appended).toBe(result);
    return recorded;
  };
  const attributes = { 'db.system.name': 'sqlite', 'db.operation.name': 'append' };
  const name = 'db.client.operation.duration';

  it('tells how long an append took', async () => {
    expect(await append(undefined)).toEqual([{ name, value: expect.any(Number), attributes }]);
  });

  it.each([
    ['WrongExpectedRevision', new WrongExpectedRevision('s', 1, 2)],
    ['StoreUnavailable', new StoreUnavailable('full', 'not-written', 'full')],
    ['_OTHER', new TypeError('something nobody thought of')],
  ])('names a failure by its kind: %s', async (kind, error) => {
    expect(await append(error)).toEqual([
      { name, value: expect.any(Number), attributes: { ...attributes, 'error.type': kind } },
    ]);
  });
});
