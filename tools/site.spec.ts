import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { siteIsBuilt, staleSite } from './site.mjs';

let root: string;
const write = (path: string, text = ''): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const built = (stamp: string | undefined): void => {
  write('apps/web/dist/site/index.html');
  if (stamp !== undefined) siteIsBuilt(root, stamp);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'site-stamp-'));
  for (const path of [
    'package-lock.json',
    'tsconfig.base.json',
    ...[
      'index.html',
      'package.json',
      'vite.config.ts',
      'tsconfig.json',
      'src/main.tsx',
      'public/icon.svg',
    ].map((name) => `apps/web/${name}`),
  ])
    write(path);
});
afterEach(() => rmSync(root, { recursive: true }));

it('the web app is built when it never was, and not again while nothing changes', () => {
  expect(staleSite(root)).toEqual(expect.any(String));
  built(staleSite(root));
  expect(staleSite(root)).toBeUndefined();
  rmSync(join(root, 'apps/web/dist/site/index.html'));
  expect(staleSite(root)).toEqual(expect.any(String));
});

it.each([
  'package-lock.json',
  'apps/web/src/main.tsx',
  'apps/web/public/icon.svg',
  'apps/web/src/new/page.tsx',
])('the web app is built again when %s is another one', (path) => {
  built(staleSite(root));
  write(path, 'changed');
  expect(staleSite(root)).toEqual(expect.any(String));
});

it('the web app is not built again for its specs', () => {
  built(staleSite(root));
  write('apps/web/src/main.spec.ts', 'changed');
  expect(staleSite(root)).toBeUndefined();
});

it('what changes while the web app is being built is built next time', () => {
  const stamp = staleSite(root);
  write('apps/web/src/main.tsx', 'changed meanwhile');
  built(stamp);
  expect(staleSite(root)).toEqual(expect.any(String));
});
