import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { killRepeatedly, startAppending } from './fixtures/kill-repeatedly.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';
import { EventStoreInUse } from './process-lock.ts';
import { openSqliteEventStore } from './sqlite-event-store.ts';

const newPath = (): string => join(temporaryDirectory(), 'events.db');

describe('a process that is killed while it appends', () => {
  it('has lost nothing that was acknowledged, doubled nothing, and left no gap', async () => {
    const report = await killRepeatedly(newPath(), 3);
    expect(report).toMatchObject({ kills: 3, lost: [], doubled: [], gaps: [] });
    expect(report.acknowledged).toBeGreaterThanOrEqual(20 + 417 + 814);
    expect(report.recorded).toBeGreaterThanOrEqual(report.acknowledged);
  }, 60_000);

  it('keeps others out while it lives, and no longer', async () => {
    const path = newPath();
    const { process: child, lines } = startAppending(path, [0]);
    const exited = once(child, 'exit');
    let acknowledged = 0;
    let refusal: unknown;
    for await (const line of lines) {
      if (line === 'open') continue;
      acknowledged += 1;
      if (acknowledged !== 10) continue;
      refusal = await openSqliteEventStore({ path }).catch((error: unknown) => error);
      child.kill('SIGKILL');
    }
    await exited;
    expect(refusal).toBeInstanceOf(EventStoreInUse);
    expect((refusal as Error).message).toContain(path);
    expect((refusal as Error).message).toContain('Stop the other one');

    const store = await openSqliteEventStore({ path });
    expect(await store.head()).toBeGreaterThanOrEqual(acknowledged);
    await store.close();
  }, 30_000);
});
