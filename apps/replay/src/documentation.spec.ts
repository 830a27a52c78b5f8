import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { columns } from './rows/columns.ts';
import { views } from './sql/views.ts';

const text = readFileSync(new URL('../../../docs/analysts.md', import.meta.url), 'utf8');

/** The rows of a Markdown table, by the first column of its head. */
const tableOf = (first: string): string[][] => {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => new RegExp(`^\\| ${first} +\\|`).test(line)) + 2;
  const end = lines.findIndex((line, index) => index > begin && !line.startsWith('|'));
  return lines.slice(begin, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

describe('docs/analysts.md', () => {
  it('says of every column what the code says', () => {
    expect(tableOf('column')).toStrictEqual(
      columns.map(({ name, type, meaning }) => [`\`${name}\``, type, meaning.replaceAll('|', '\\|')]),
    );
  });

  it('names every view', () => {
    expect(tableOf('view').map(([name]) => name)).toStrictEqual(
      expect.arrayContaining(views.map(({ name }) => `\`${name}\``)),
    );
  });

  it('names the commands', () => {
    for (const name of ['export', 'sql', 'generate', 'verify']) expect(text).toContain(`[\`${name}\``);
  });
});
