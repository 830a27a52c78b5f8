import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillTable, sqlTypeOf } from './fill-table.ts';
import { openDuckDB } from './open-duckdb.ts';
import { vectorSize, type TableColumn } from './pack-rows.ts';

interface Row {
  readonly text?: string;
  readonly kind?: string;
  readonly integer?: number;
  readonly bigint?: number;
  readonly moment?: number;
  readonly yes?: boolean;
}

const kinds = ['coach', 'client', ''];
const columns: readonly TableColumn<Row>[] = [
  { name: 'text', type: 'text', of: ({ text }) => text },
  { name: 'kind', type: 'enum', values: kinds, of: ({ kind }) => kind },
  { name: 'integer', type: 'integer', of: ({ integer }) => integer },
  { name: 'bigint', type: 'bigint', of: ({ bigint }) => bigint },
  { name: 'moment', type: 'timestamp', of: ({ moment }) => moment },
  { name: 'yes', type: 'boolean', of: ({ yes }) => yes },
];

/** What DuckDB has of rows that were added in these batches. */
const throughDuckDB = async (batches: readonly (readonly Row[])[]): Promise<Row[]> => {
  using opened = new DisposableStack();
  const duck = await openDuckDB({ spillTo: '' });
  opened.defer(() => duck.close());
  const connection = await duck.connect();
  await connection.run(`CREATE TABLE t (${columns.map((c) => `"${c.name}" ${sqlTypeOf(c)}`).join(', ')})`);
  const filling = await fillTable(connection, 't', columns);
  for (const batch of batches) filling.add(batch);
  filling.done();
  const reader = await connection.runAndReadAll(
    'SELECT text, kind::VARCHAR, integer, bigint, epoch_ms(moment), yes FROM t ORDER BY rowid',
  );
  return reader.getRows().map(([text, kind, integer, bigint, moment, yes]) =>
    given({
      text: text as string,
      kind: kind as string,
      integer: integer as number,
      bigint: bigint === null ? undefined : Number(bigint),
      moment: moment === null ? undefined : Number(moment),
      yes: yes as boolean,
    }),
  );
};

/** Without what is not there. */
const given = (row: { [name in keyof Row]: Row[name] | null | undefined }): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== null));

const texts = fc.oneof(
  fc.uuid(),
  fc.string({ maxLength: 14 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'twelve bytes',
    'thirteen byte',
    'Grüße ✓ 続き',
    '\ud83d',
    '\ude00',
    'a\0b',
    '\0'.repeat(13),
  ),
);
const rows = fc.array(
  fc.record(
    {
      text: texts,
      kind: fc.constantFrom(...kinds),
      integer: fc.integer(),
      bigint: fc.maxSafeInteger(),
      moment: fc.integer({ min: -(2 ** 42), max: 2 ** 42 }),
      yes: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 70 },
);

describe('rows packed for DuckDB', () => {
  it('are there as they were, whatever they hold and whatever is missing', () =>
    fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 4 }), async (batches) => {
        const wanted = batches
          .flat()
          .map(({ text, ...others }) => given({ text: text?.toWellFormed(), ...others }));
        expect(await throughDuckDB(batches)).toStrictEqual(wanted);
      }),
      { numRuns: 20 },
    ));

  it('are there in full vectors, of many texts', async () => {
    const many = Array.from({ length: 2 * vectorSize + 5 }, (_, index) => ({
      text: `${'é'.repeat(index % 3)}${index} ${'x'.repeat(index % 40)}`,
      bigint: index,
    }));
    const batches = [0, 1, 2].map((part) => many.slice(part * vectorSize, (part + 1) * vectorSize));
    expect(await throughDuckDB(batches)).toStrictEqual(many);
  });

  it('cannot hold what is not in an enumeration', async () => {
    await expect(throughDuckDB([[{ kind: 'nobody' }]])).rejects.toThrow('there is no value nobody in kind');
  });
});
