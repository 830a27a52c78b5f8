import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import { defaultExpiryPolicy, parseExpiryPolicy, type SessionRequestEvent } from '@hse/session-requests';
import { generateEvents } from '../generate/generate-events.ts';

export type Recorded = RecordedEvent<SessionRequestEvent>;

export const policy = parseExpiryPolicy(defaultExpiryPolicy);
export const policies = new Map([[policy.id, policy]]);

/** A made-up log. */
export const madeUp = (events: number, seed = 'test', weeks = 8): Recorded[] =>
  [...generateEvents({ seed, events, startMs: Date.UTC(2026, 0, 5), weeks, policy })].flat();

/** A folder of a suite, gone after it. */
export const suiteFolder = (name: string): string => {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
};
