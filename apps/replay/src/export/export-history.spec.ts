import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { evolve, statusOf, type SessionRequest } from '@hse/session-requests';
import { sqlTypeOf } from '../duck/fill-table.ts';
import { historyOf } from '../history-file.ts';
import type { History } from '../history.ts';
import { columns, rowSchemaVersion } from '../rows/columns.ts';
import { eventOfRow } from '../rows/event-of-row.ts';
import { plainIdentities, pseudonymousIdentities, type Identities } from '../rows/identities.ts';
import { plainOf } from '../sql/print-result.ts';
import { madeUp, policies, suiteFolder } from '../testing/histories.ts';
import { exportHistory, type ExportOptions } from './export-history.ts';

const folder = suiteFolder('export-history');
const log = madeUp(900);
const formats = ['ndjson', 'csv', 'parquet'] as const;
type Format = (typeof formats)[number];

const exported = (
  out: string,
  format: Format,
  options: Partial<Omit<ExportOptions, 'plan'>> & {
    plan?: Partial<ExportOptions['plan']>;
    identities?: Identities;
  } = {},
) => {
  const { plan, identities = plainIdentities, ...rest } = options;
  return exportHistory({
    history: historyOf(log),
    policies,
    rowOptions: { identities, withNotes: true },
    out: join(folder, out),
    elapsedMs: () => 0,
    plan: {
      format,
      schemaVersion: rowSchemaVersion,
      history: 'a log',
      partRows: 200,
      from: null,
      to: null,
      types: [],
      participants: [],
      identities: 'plain',
      withNotes: true,
      policies: [],
      ...plan,
    },
    ...rest,
  });
};

const contentOf = (out: string): Record<string, string> => {
  const path = join(folder, out);
  const files = existsSync(join(path, '_manifest.json'))
    ? readdirSync(path).map((name) => join(path, name))
    : [path];
  return Object.fromEntries(
    files.map((file) => [file.slice(path.length), readFileSync(file).toString('latin1')]),
  );
};

const typed = columns.map((column) => {
  const type = column.type === 'enum' ? 'VARCHAR' : sqlTypeOf(column);
  return `'${column.name}': '${type}'`;
});
const readers = {
  ndjson: (path: string) =>
    `read_json('${path}', format = 'newline_delimited', columns = {${typed.join(', ')}})`,
  csv: (path: string) =>
    `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', nullstr = '', allow_quoted_nulls = false, columns = {${typed.join(', ')}})`,
  parquet: (path: string) => `read_parquet('${path}/*.parquet')`,
};

const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> =>
  (await connection.runAndReadAll(sql))
    .getRowObjects()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainOf(value)])));

const duck = async (): Promise<DuckDBConnection> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
};

const tierOf = (hours: number): string =>
  hours >= 72 ? '72h+' : hours >= 48 ? '48-72h' : hours >= 24 ? '24-48h' : '0-24h';

describe('an export', () => {
  it.each(formats)('to %s is read back by DuckDB as the log, row by row', async (format) => {
    const written = await exported(`all.${format}`, format);
    expect(written).toMatchObject({ rows: log.length, position: log.length, head: log.length });
    const rows = await rowsOf(await duck(), `FROM ${readers[format](join(folder, `all.${format}`))}`);
    expect(rows.map(eventOfRow)).toStrictEqual(log);
    // What is implied by the events before: folded once more, without the code that makes rows.
    const states = new Map<string, SessionRequest>();
    const implied = log.map((event) => {
      const before = states.get(event.stream);
      const after = evolve(before, event)!;
      states.set(event.stream, after);
      const made = 'policyId' in event.data ? event.data : undefined;
      const recorded = Date.parse(event.metadata.recordedAt);
      const lead = Date.parse(made?.slot.startsAt ?? '') - recorded;
      const { proposal } = before ?? {};
      return {
        schema_version: 1,
        status: statusOf(after),
        requester: after.requestedBy,
        ended_round: proposal?.round ?? null,
        time_left_ms: proposal ? Date.parse(proposal.respondBy) - recorded : null,
        proposer: (after.proposal ?? proposal)?.proposedBy ?? null,
        ...(made && { lead_ms: lead, awaiting: made.awaiting, lead_tier: tierOf(lead / 3_600_000) }),
      };
    });
    expect(rows).toMatchObject(implied);
  });

  it('holds the same rows in every format', async () => {
    const connection = await duck();
    const [first, ...others] = formats.map((format) => readers[format](join(folder, `all.${format}`)));
    for (const other of others)
      for (const [a, b] of [
        [first, other],
        [other, first],
      ])
        expect(await rowsOf(connection, `(FROM ${a}) EXCEPT ALL (FROM ${b})`)).toStrictEqual([]);
  });

  it('to Parquet is compressed with zstd, tells its schema version, and has texts and instants in UTC', async () => {
    const connection = await duck();
    const path = join(folder, 'all.parquet', 'part-000000.parquet');
    expect(
      await rowsOf(connection, `SELECT DISTINCT compression FROM parquet_metadata('${path}')`),
    ).toStrictEqual([{ compression: 'ZSTD' }]);
    expect(
      await rowsOf(
        connection,
        `SELECT key::VARCHAR AS key, value::VARCHAR AS value FROM parquet_kv_metadata('${path}')`,
      ),
    ).toContainEqual({ key: 'schema_version', value: '1' });
    const types = await rowsOf(connection, `SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`);
    expect(types).toStrictEqual(
      columns.map((column) => ({
        column_name: column.name,
        column_type:
          column.type === 'enum'
            ? 'VARCHAR'
            : sqlTypeOf(column).replace('TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE'),
      })),
    );
    const manifest = JSON.parse(readFileSync(join(folder, 'all.parquet', '_manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ plan: { head: 900 }, done: { rows: 900, parts: 5 } });
  });

  it('to CSV keeps to RFC 4180, whatever people wrote', async () => {
    const notes = ['a, b', 'he said "no"', 'two\r\nlines', '', ' x ', '=1+1'];
    const requested = log.filter(({ type }) => type === 'SessionRequested').slice(0, notes.length);
    const history = historyOf(
      requested.map(
        (event, index) => ({ ...event, data: { ...event.data, note: notes[index] } }) as (typeof log)[0],
      ),
    );
    await exported('notes.csv', 'csv', { history });
    const rows = await rowsOf(await duck(), `SELECT note FROM ${readers.csv(join(folder, 'notes.csv'))}`);
    expect(rows.map(({ note }) => note)).toStrictEqual(notes);
    const text = readFileSync(join(folder, 'notes.csv'), 'utf8');
    expect(text).toContain(',"a, b",');
    expect(text).toContain(',"he said ""no""",');
    expect(text.replaceAll('"two\r\nlines"', '').split('\r\n')).toHaveLength(notes.length + 2);
  });

  it('can be by time, type and participant', async () => {
    const from = log[200]!.metadata.recordedAt;
    const to = log[800]!.metadata.recordedAt;
    const { coachId } = log[500]!.data;
    const expected = log.filter(
      ({ type, data, metadata }) =>
        metadata.recordedAt >= from &&
        metadata.recordedAt < to &&
        ['SessionRequested', 'SessionCancelled'].includes(type) &&
        data.coachId === coachId,
    );
    expect(expected.length).toBeGreaterThan(1);
    const identities = pseudonymousIdentities(new Uint8Array(32));
    const plan = { from, to, types: ['SessionRequested', 'SessionCancelled'] };
    for (const [out, participant] of Object.entries({
      plain: coachId,
      named: identities.participant(coachId),
    })) {
      await exported(out, 'ndjson', { plan: { ...plan, participants: [participant] }, identities });
      const lines = readFileSync(join(folder, out), 'utf8').trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { position: number }).position)).toStrictEqual(
        expected.map(({ position }) => position),
      );
    }
  });

  it('tells nobody who people are, nor what they wrote, unless it is asked to', async () => {
    const identities = pseudonymousIdentities(new Uint8Array(32).fill(7));
    const few = log.slice(0, 200);
    await exported('nobody.ndjson', 'ndjson', {
      history: historyOf(few),
      identities,
      rowOptions: { identities, withNotes: false },
    });
    const text = readFileSync(join(folder, 'nobody.ndjson'), 'utf8');
    const told = few.flatMap(({ id, data, metadata }) => [
      id,
      metadata.commandId,
      metadata.correlationId,
      data.requestId,
      data.coachId,
      data.clientId,
      ...('note' in data && data.note !== undefined ? [data.note] : []),
      ...('reason' in data && data.reason !== undefined ? [data.reason] : []),
    ]);
    expect([...new Set(told)].filter((each) => text.includes(each))).toStrictEqual([]);
  });

  it.each(formats)('to %s of nothing has its columns all the same', async (format) => {
    await exported(`none.${format}`, format, { history: historyOf([]) });
    if (format === 'ndjson') expect(contentOf('none.ndjson')).toStrictEqual({ '': '' });
    else {
      const described = await rowsOf(
        await duck(),
        `DESCRIBE FROM ${readers[format](join(folder, `none.${format}`))}`,
      );
      expect(described.map(({ column_name: name }) => name)).toStrictEqual(columns.map(({ name }) => name));
    }
  });
});

describe('an export that was interrupted', () => {
  /** A history that breaks off in the middle. */
  const breaking = (after: number): History => ({
    ...historyOf(log),
    async *readAll() {
      for (let at = 0; at < after; at += 100) yield { events: log.slice(at, at + 100), position: at + 100 };
      throw new Error('the power is gone');
    },
  });
  const grown = [
    ...log,
    ...madeUp(500, 'later').map((event) => ({ ...event, position: event.position + log.length })),
  ];

  it.each(formats)('is resumed to the same bytes, though the log has grown: %s', async (format) => {
    const out = `resumed.${format}`;
    for (const breaksAt of [0, 100, 500, 800]) {
      await expect(exported(out, format, { history: breaking(breaksAt), resume: true })).rejects.toThrow(
        'the power',
      );
      expect(existsSync(join(folder, out))).toBe(false);
    }
    await exported(out, format, { history: historyOf(grown), resume: true });
    expect(contentOf(out)).toStrictEqual(contentOf(`all.${format}`));
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toStrictEqual([]);
    expect(await exported(out, format, { resume: true })).toBeUndefined();
  });

  it('is neither begun anew nor resumed as another one unless that is asked for', async () => {
    await expect(exported('mine.csv', 'csv', { history: breaking(500) })).rejects.toThrow('the power');
    await expect(exported('mine.csv', 'csv')).rejects.toThrow('is an unfinished export');
    await expect(
      exported('mine.csv', 'csv', { resume: true, plan: { types: ['SessionRequested'] } }),
    ).rejects.toThrow('was begun otherwise (types)');
    await exported('mine.csv', 'csv', { overwrite: true });
    expect(contentOf('mine.csv')).toStrictEqual(contentOf('all.csv'));
    writeFileSync(join(folder, 'theirs.csv'), 'theirs');
    await expect(exported('theirs.csv', 'csv')).rejects.toThrow('is there already');
    expect(readFileSync(join(folder, 'theirs.csv'), 'utf8')).toBe('theirs');
  });
});
