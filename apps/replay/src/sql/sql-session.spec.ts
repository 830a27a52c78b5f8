import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyOf } from '../history-file.ts';
import { rowSchemaVersion } from '../rows/columns.ts';
import { plainIdentities } from '../rows/identities.ts';
import { madeUp, policies, suiteFolder, type Recorded } from '../testing/histories.ts';
import { plainOf } from './print-result.ts';
import { dotCommand } from './prompt.ts';
import { cacheRows } from './row-cache.ts';
import { openSqlSession, type SqlSession } from './sql-session.ts';
import { views } from './views.ts';

const folder = suiteFolder('sql-session');
const log = madeUp(900);

const cached = (events: readonly Recorded[]) =>
  cacheRows({
    folder: join(folder, 'cache'),
    history: historyOf(events),
    policies,
    rowOptions: { identities: plainIdentities, withNotes: false },
    elapsedMs: () => 0,
    plan: {
      format: 'parquet',
      schemaVersion: rowSchemaVersion,
      history: 'a log',
      partRows: 500,
      from: null,
      to: null,
      types: [],
      participants: [],
      identities: 'plain',
      withNotes: false,
      policies: [],
    },
  });

let session: SqlSession;
beforeAll(async () => {
  session = await openSqlSession(await cached(log), { spillTo: join(folder, 'spill') });
});
afterAll(() => session.close());

const ask = async (sql: string): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  for await (const result of session.results(sql))
    for await (const chunk of result.yieldRowObjects())
      for (const row of chunk)
        rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainOf(value)])));
  return rows;
};

describe('the views', () => {
  it.each(views)('$name has the columns that are documented', async ({ name, columns }) => {
    const described = await ask(`SELECT column_name FROM (DESCRIBE ${name})`);
    expect(described.map((row) => row['column_name'])).toStrictEqual(Object.keys(columns));
    expect(dotCommand(`.schema ${name};`)?.slice(1)).toHaveLength(described.length);
  });

  it('count what the log holds', async () => {
    const proposals = log.filter(({ data }) => 'policyId' in data);
    const answers = log.filter(({ type }) => type === 'SessionAccepted' || type === 'SessionRejected');
    const missed = log.filter(({ data }) => 'cause' in data && data.cause === 'no-response');
    const [counts] = await ask(`
      SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM requests) AS requests,
        (SELECT count(*) FROM proposals) AS proposals, (SELECT count(*) FROM deadlines) AS deadlines,
        (SELECT count(*) FROM answers WHERE answer <> 'countered') AS answers,
        (SELECT count(*) FROM deadlines WHERE fate = 'missed') AS missed,
        (SELECT sum(events) FROM requests) AS of_requests`);
    expect(counts).toStrictEqual({
      events: log.length,
      requests: new Set(log.map(({ stream }) => stream)).size,
      proposals: proposals.length,
      deadlines: proposals.length,
      answers: answers.length,
      missed: missed.length,
      of_requests: log.length,
    });
  });
});

describe('a session', () => {
  it.each([
    "SELECT * FROM read_text('/etc/hostname')",
    `SELECT * FROM read_csv('${import.meta.filename}')`,
    `COPY events TO '${join(folder, 'out.csv')}'`,
    `EXPLAIN ANALYZE COPY events TO '${join(folder, 'out.csv')}'`,
    `PREPARE p AS COPY events TO '${join(folder, 'out.csv')}'`,
    `EXPORT DATABASE '${join(folder, 'out')}'`,
    `ATTACH '${join(folder, 'out.db')}'`,
    'INSTALL httpfs',
    "SET memory_limit = '100GB'",
    'SET enable_external_access = true',
    "SET allowed_paths = ['/etc/hostname']",
  ])('cannot look or write outside: %s', async (sql) => {
    await expect(ask(sql)).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toStrictEqual([]);
  });

  it('cannot put anything over the rows that are kept', async () => {
    const { files } = await cached(log);
    for (const file of Object.values(files).flat())
      await expect(ask(`COPY (SELECT 1) TO '${file}' (FORMAT parquet, USE_TMP_FILE false)`)).rejects.toThrow(
        'for looking only',
      );
    await expect(ask('DELETE FROM events')).rejects.toThrow();
  });

  it('can have tables of its own', async () => {
    expect(await ask('CREATE TABLE mine AS SELECT 1 AS one; SELECT one + 1 AS two FROM mine')).toContainEqual(
      { two: 2 },
    );
  });
});

describe('the rows that are kept', () => {
  it('are used again for the same log, and made anew for one that has grown or is another', async () => {
    expect((await cached(log)).wasThere).toBe(true);
    expect((await cached(log.slice(0, -1))).wasThere).toBe(false);
    expect((await cached(madeUp(900, 'another'))).wasThere).toBe(false);
    expect((await cached(log)).wasThere).toBe(true);
  });

  it('are thrown away where there are more than four, the latest used last', async () => {
    const first = await cached(log.slice(0, 100));
    for (const length of [101, 102, 103]) await cached(log.slice(0, length));
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(4);
    await cached(log.slice(0, 104));
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(4);
    expect(existsSync(first.files['requests']![0]!)).toBe(false);
  });
});
