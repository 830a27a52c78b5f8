import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStoreContract } from '@hse/event-sourcing/testing';
import { inlineCommits } from './commits.ts';
import { openSqliteEventStore } from './sqlite-event-store.ts';

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'event-store-')), 'data', 'events.db');

eventStoreContract('SQLite, with a writer thread,', () => openSqliteEventStore({ path: newPath() }), {
  gapless: true,
});
eventStoreContract(
  'SQLite, inline,',
  () => openSqliteEventStore({ path: newPath(), commits: inlineCommits }),
  {
    gapless: true,
  },
);
