import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import { defaultExpiryPolicy, parseExpiryPolicy, type SessionRequestEvent } from '@hse/session-requests';
import { ndjson } from './export/encode.ts';
import { generateEvents } from './generate/generate-events.ts';
import type { History } from './history.ts';
import { openHistoryFile } from './history-file.ts';
import { columns } from './rows/columns.ts';
import { createEntries } from './rows/entries.ts';
import { plainIdentities, pseudonymousIdentities } from './rows/identities.ts';

const folder = mkdtempSync(join(tmpdir(), 'history-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policy = parseExpiryPolicy(defaultExpiryPolicy);
const policies = new Map([[policy.id, policy]]);

const eventsOf = async (history: History, batchSize = 7): Promise<RecordedEvent<SessionRequestEvent>[]> => {
  const events: RecordedEvent<SessionRequestEvent>[] = [];
  for await (const batch of history.readAll({ batchSize })) events.push(...batch.events);
  return events;
};

const written = (
  events: readonly RecordedEvent<SessionRequestEvent>[],
  identities = plainIdentities,
): string => {
  const entries = createEntries(policies);
  const { row } = ndjson(columns);
  const path = join(folder, `${events.length}-${identities.plain}.ndjson`);
  writeFileSync(
    path,
    events.map((event) => row(entries.next(event), { identities, withNotes: true })).join(''),
  );
  return path;
};

const golden = fileURLToPath(new URL('../../../libs/session-requests/golden/0.1.0', import.meta.url));
const files = readdirSync(golden);

describe('a history in a file', () => {
  it.each(files)(
    'is a golden one, and its rows are read back as what they were made of: %s',
    async (name) => {
      const events = await eventsOf(await openHistoryFile(join(golden, name)));
      expect(events.length).toBeGreaterThan(0);
      const back = await openHistoryFile(written(events));
      expect(await eventsOf(back)).toStrictEqual(events);
      expect(await back.head()).toBe(events.length);
    },
  );

  it('is an export with plain identities, whatever it holds', async () => {
    const made = generateEvents({
      seed: 'rows',
      events: 1_000,
      startMs: Date.UTC(2026, 0, 5),
      weeks: 8,
      policy,
    });
    const events = [...made].flat();
    const back = await openHistoryFile(written(events));
    expect(await eventsOf(back, 500)).toStrictEqual(events);
    const after: number[] = [];
    for await (const batch of back.readAll({ after: 990, types: ['SessionRequested'] }))
      after.push(...batch.events.map(({ position }) => position));
    expect(after).toStrictEqual(
      events
        .filter(({ position, type }) => position > 990 && type === 'SessionRequested')
        .map(({ position }) => position),
    );
  });

  it('cannot be one with pseudonyms', async () => {
    const events = await eventsOf(await openHistoryFile(join(golden, files[0]!)));
    const path = written(events, pseudonymousIdentities(new Uint8Array(32)));
    await expect(eventsOf(await openHistoryFile(path))).rejects.toThrow(
      `${path}:1: has no event id: only an export with --identities plain can be read as a history`,
    );
  });

  it('is neither: that is said', async () => {
    const path = join(folder, 'neither.txt');
    writeFileSync(path, 'once upon a time');
    await expect(openHistoryFile(path)).rejects.toThrow('holds neither rows nor a golden history');
    await expect(openHistoryFile(join(folder, 'nowhere'))).rejects.toThrow('cannot be read');
  });
});
