import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A database in memory, for the work of one command. */
export interface Duck {
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * Opens one. Beyond `memoryLimit` (default `1GB`) DuckDB moves what it can to files under `spillTo`, or fails.
 * Nothing is ever installed or loaded from anywhere.
 */
export const openDuckDB = async (options: {
  spillTo: string;
  memoryLimit?: string;
  threads?: number;
}): Promise<Duck> => {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit ?? '1GB',
    temp_directory: options.spillTo,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.threads !== undefined && { threads: String(options.threads) }),
  });
  const connections: DuckDBConnection[] = [];
  return {
    connect: async () => {
      const connection = await instance.connect();
      connections.push(connection);
      await connection.run("SET TimeZone = 'UTC'");
      return connection;
    },
    close: () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
    },
  };
};

/** A text as a literal in SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
