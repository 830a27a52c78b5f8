import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { deadlineSchema, deadlineStatements } from './deadline-store.ts';
import { gatewayMigrations, gatewayStatements } from './gateway-store.ts';
import { readModelsStatements } from './read-models-queries.ts';
import { loadRecords, moveRequest, readModelsIndexes, readModelsSchema } from './read-models-schema.ts';

const stores = {
  'read models': {
    schema: readModelsSchema.schema + readModelsIndexes,
    statements: { ...readModelsStatements, moveRequest, loadRecords },
  },
  deadlines: { schema: deadlineSchema.schema, statements: deadlineStatements },
  gateway: { schema: gatewayMigrations.join(';'), statements: gatewayStatements },
};

/** What SQLite reads from end to end: tables, but not the one row of `progress`, the page at hand or a list that was handed in. */
const scans = (db: DatabaseSync, sql: string): string[] =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => row['detail'] as string)
    .filter((detail) => /^SCAN (?!progress|place|json_each|wanted|CONSTANT|\d+ CONSTANT)/.test(detail));

for (const [name, { schema, statements }] of Object.entries(stores))
  describe(`query plans: ${name}`, () => {
    const db = new DatabaseSync(':memory:');
    db.exec(schema);
    afterAll(() => db.close());

    test.each(Object.entries(statements))('%s is answered from an index', (_, sql) => {
      expect(scans(db, sql)).toEqual([]);
    });

    test('a statement without an index would be noticed', () => {
      const table = { 'read models': 'request', deadlines: 'deadline', gateway: 'answer' }[name] ?? '';
      expect(scans(db, `SELECT * FROM ${table}`)).toHaveLength(1);
    });
  });
