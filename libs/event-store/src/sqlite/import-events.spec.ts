import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import { prepareFile } from './event-file.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';
import { importIntoSqlite } from './import-events.ts';
import { Importer } from './importer.ts';
import { openSqliteEventStore } from './sqlite-event-store.ts';

const newPath = (): string => join(temporaryDirectory(), 'new', 'events.db');

/** A log with an event of each of these streams, in this order. */
const logOf = (...streams: readonly string[]): RecordedEvent[] => {
  const revisions = new Map<string, number>();
  return streams.map((stream, index) => {
    const id = `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const metadata = {
      commandId: id,
      correlationId: id,
      recordedAt: '2026-11-22T12:00:00.000Z',
      schemaVersion: 1,
    };
    return {
      stream,
      revision,
      position: index + 1,
      id,
      type: 'Counted',
      data: { text: `é ${index}` },
      metadata,
    };
  });
};

const nextIn = (log: readonly RecordedEvent[]) => {
  const { id, type, data, metadata } = log[0]!;
  return { id: id.replaceAll('0', 'a'), type, data, metadata };
};

describe('an import', () => {
  const log = logOf('a', 'b', 'a', 'c', 'b', 'a', 'c', 'd');

  it('leaves an event store with the whole log, which goes on from there', async () => {
    const path = newPath();
    const into = await importIntoSqlite({ path });
    await into.write(log.slice(0, 3));
    await into.write([]);
    await into.write(log.slice(3));
    await into.finish();
    await into.abandon();
    const store = await openSqliteEventStore({ path });
    const read: RecordedEvent[] = [];
    for await (const { events } of store.readAll({ batchSize: 3 })) read.push(...events);
    expect(read).toStrictEqual(log);
    expect(await store.readStream('b')).toStrictEqual(log.filter(({ stream }) => stream === 'b'));
    await expect(store.append('a', [nextIn(log)], { expected: 1 })).rejects.toThrow();
    await store.append('a', [nextIn(log)], { expected: 2 });
    expect(await store.readStream('a', { from: 3 })).toMatchObject([{ revision: 3, position: 9 }]);
    await store.close();
  });

  it('is not made over a file that is there, which may be thrown away when it was abandoned', async () => {
    const path = newPath();
    const into = await importIntoSqlite({ path });
    await expect(importIntoSqlite({ path })).rejects.toThrow('there is a file');
    await into.write(log);
    await into.abandon();
    expect(existsSync(path)).toBe(true);
    rmSync(path);
    await (await importIntoSqlite({ path })).finish();
  });

  it.each<[string, RecordedEvent[], string]>([
    ['begins after the beginning', logOf('a', 'b').slice(1), 'is at position 2, not 1'],
    [
      'goes on with a stream that has not begun',
      [{ ...log[2]!, position: 1 }],
      'does not begin with its first event',
    ],
    ['begins a stream twice', [log[0]!, { ...log[0]!, position: 2 }], 'UNIQUE'],
    ['has a revision twice', [...logOf('a', 'a'), { ...log[2]!, position: 3 }], 'UNIQUE'],
    ['leaves a revision out', [log[0]!, { ...log[5]!, position: 2 }], 'has a gap'],
  ])('fails of a log that %s', async (_, events, message) => {
    const into = await importIntoSqlite({ path: newPath() });
    await expect(into.write(events).then(() => into.finish())).rejects.toThrow(message);
    await into.abandon();
  });

  it('finds streams again that it does not remember', async () => {
    const path = join(temporaryDirectory(), 'events.db');
    prepareFile(path);
    const importer = new Importer(path, 2);
    const values = log.flatMap(({ stream, revision, id, type, data, metadata }) => [
      ...[stream, revision, id, type],
      ...[JSON.stringify(data), JSON.stringify(metadata)],
    ]);
    importer.write({ first: 1, values });
    expect(() => importer.write({ first: 1, values })).toThrow('does not follow');
    importer.finish();
    const store = await openSqliteEventStore({ path });
    expect(await store.readStream('a')).toStrictEqual(log.filter(({ stream }) => stream === 'a'));
    await store.close();
  });
});
