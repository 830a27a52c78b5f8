import { describe, expect, it } from '@jest/globals';
import { createManualTimers } from '@hse/event-sourcing/testing';
import type { Logger } from './logger.ts';
import { waitFor } from './wait-for.ts';

const collecting = (): { logger: Logger; lines: string[] } => {
  const lines: string[] = [];
  const add = (_: object, message: string): void => void lines.push(message);
  return { logger: { debug: add, info: add, warn: add, error: add }, lines };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('waiting for a dependency', () => {
  it('says nothing when it answers at once', async () => {
    const { logger, lines } = collecting();
    const { signal } = new AbortController();
    const dependency = { name: 'MongoDB', connect: async () => 42 };
    expect(await waitFor(dependency, { timers: createManualTimers(), logger, signal })).toBe(42);
    expect(lines).toEqual([]);
  });

  it('tries again until it answers, and says once what it waits for and why', async () => {
    const { logger, lines } = collecting();
    const timers = createManualTimers();
    let attempts = 0;
    const connect = async (): Promise<string> => {
      attempts += 1;
      if (attempts < 4) throw new Error('connection refused');
      return 'connected';
    };
    const waiting = waitFor(
      { name: 'MongoDB', connect },
      { timers, logger, signal: new AbortController().signal },
    );
    while (attempts < 4) {
      await nextTurn();
      timers.elapse(500);
    }
    expect(await waiting).toBe('connected');
    expect(lines).toEqual(['Waiting for MongoDB: connection refused', 'MongoDB answers.']);
  });

  it('ends with the reason of the signal, also in a pause', async () => {
    const { logger } = collecting();
    const stopping = new AbortController();
    const waiting = waitFor(
      { name: 'MongoDB', connect: () => Promise.reject(new Error('no')) },
      { timers: createManualTimers(), logger, signal: stopping.signal },
    );
    await nextTurn();
    stopping.abort(new Error('asked to stop'));
    await expect(waiting).rejects.toThrow('asked to stop');
  });
});
