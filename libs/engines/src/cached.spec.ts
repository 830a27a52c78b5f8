import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from './cached.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cached-spec-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what several want at the same time is made once', async () => {
  let made = 0;
  const fill = async (directory: string) => {
    made += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(join(directory, 'content'), 'whole');
  };
  const paths = await Promise.all([1, 2, 3].map(() => cached('thing-1', fill, root)));
  expect(made).toBe(1);
  expect(new Set(paths)).toEqual(new Set([join(root, 'thing-1')]));
  expect(readFileSync(join(root, 'thing-1', 'content'), 'utf8')).toBe('whole');
});

test('what could not be completed leaves nothing behind, and is tried again', async () => {
  const broken = async (directory: string) => {
    writeFileSync(join(directory, 'content'), 'half');
    throw new Error('the network is down');
  };
  await expect(cached('thing-1', broken, root)).rejects.toThrow('the network is down');
  expect(readdirSync(root)).toEqual(['thing-1.lock']);
  await cached('thing-1', async (directory) => writeFileSync(join(directory, 'content'), 'whole'), root);
  expect(readFileSync(join(root, 'thing-1', 'content'), 'utf8')).toBe('whole');
});
