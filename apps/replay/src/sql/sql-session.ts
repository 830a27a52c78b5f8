import { StatementType, type DuckDBConnection, type DuckDBResult } from '@duckdb/node-api';
import { openDuckDB } from '../duck/open-duckdb.ts';
import { list, type RowCache } from './row-cache.ts';
import { views } from './views.ts';

/** A place to ask questions in. */
export interface SqlSession {
  /** The result of each statement of a text, one after the other. @throws Error as DuckDB says it; NotAllowed */
  results(sql: string): AsyncIterable<DuckDBResult>;
  /** Stops the statement that runs. */
  interrupt(): void;
  close(): void;
}

/** A statement that would do something else than look. */
export class NotAllowed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotAllowed';
  }
}

/** What would write files or run others; tables and views of one's own can be made, in memory. */
const refused = new Set<StatementType>([
  StatementType.COPY,
  StatementType.COPY_DATABASE,
  StatementType.EXPORT,
  StatementType.PREPARE,
  StatementType.EXECUTE,
  StatementType.LOAD,
  StatementType.EXTENSION,
  StatementType.UPDATE_EXTENSIONS,
  StatementType.ATTACH,
]);

/** It would be carried out. */
const explainsCopy = /^\s*explain\b[^;]*\bcopy\b/i;

/**
 * Opens one on rows that lie in files. It sees these files and no other: DuckDB's access to anything outside is switched off for good, and its
 * settings are locked. Beyond `memoryLimit` (default 1 GB) it moves what it can to `spillTo`.
 */
export const openSqlSession = async (
  { files }: RowCache,
  options: { spillTo: string; memoryLimit?: string },
): Promise<SqlSession> => {
  const duck = await openDuckDB(options);
  try {
    const connection = await duck.connect();
    for (const { name, sql } of views) {
      const there = files[name];
      const query = there ? `FROM read_parquet(${list(there)})` : (sql ?? '');
      await connection.run(`CREATE VIEW ${name} AS ${query}`);
    }
    await connection.run(`SET allowed_paths = ${list(Object.values(files).flat())}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return {
      results: (sql) => resultsOf(connection, sql),
      interrupt: () => connection.interrupt(),
      close: () => duck.close(),
    };
  } catch (error) {
    duck.close();
    throw error;
  }
};

async function* resultsOf(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBResult> {
  if (explainsCopy.test(sql))
    throw new NotAllowed('COPY is not possible here; --format csv or json writes a result.');
  const statements = await connection.extractStatements(sql);
  for (let index = 0; index < statements.count; index += 1) {
    const statement = await statements.prepare(index);
    if (refused.has(statement.statementType))
      throw new NotAllowed(
        'This is for looking only: nothing outside can be read, written or loaded. --format csv or json writes a result.',
      );
    yield await statement.stream();
  }
}
