import { afterAll, expect, test } from '@jest/globals';
import { describeWithServer } from './test-servers.ts';

const set = (name: string, value?: string): void => {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
};
const before = { url: process.env.EVENTSTOREDB_URL, absent: process.env.EVENTSTOREDB_URL_ABSENT };
afterAll(() => {
  set('EVENTSTOREDB_URL', before.url);
  set('EVENTSTOREDB_URL_ABSENT', before.absent);
});

set('EVENTSTOREDB_URL', 'esdb://somewhere');
describeWithServer('EVENTSTOREDB_URL', 'a suite whose server is there', (address) => {
  test('runs and gets its address', () => {
    expect(address).toBe('esdb://somewhere');
  });
});

set('EVENTSTOREDB_URL');
set('EVENTSTOREDB_URL_ABSENT', 'planted reason');
const { describe } = globalThis as unknown as { describe: { skip: (title: string) => void } };
const skip = describe.skip;
const titles: string[] = [];
describe.skip = (title) => void titles.push(title);
describeWithServer('EVENTSTOREDB_URL', 'a suite without its server', () => {});
describe.skip = skip;

test('a suite without its server is skipped with the reason in its title', () => {
  expect(titles).toEqual(['a suite without its server [skipped: planted reason]']);
});
