import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeReturnTo } from './return-to.ts';

describe('where a log-in leads', () => {
  it.each([
    '/',
    '/sessions',
    '/sessions?view=week&date=2026-11-23&session=a%2Fb',
    '/sessions?pending=open#a',
    '/settings?next=https://evil.example//x',
    '/authors',
  ])('%s is a page of this origin', (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  it.each([
    undefined,
    null,
    7,
    ['/sessions'],
    '',
    'sessions',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/sessions\r\nset-cookie: a=b',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    'javascript:alert(1)',
    '/sessions ',
    '/é',
    `/${'a'.repeat(3_000)}`,
    '/auth/logout',
    '/auth/login?returnTo=/auth/login',
    '/x/../auth/callback?code=1',
  ])('%j is not, and becomes /sessions', (asked) => {
    expect(safeReturnTo(asked)).toBe('/sessions');
  });

  it('stays at this origin whatever is asked for, however a browser reads it', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '\n',
      'evil.example',
      'http:',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((some) => some.join('')),
        ),
        (asked) => {
          const path = safeReturnTo(asked);
          for (const origin of ['https://here.example', 'http://localhost:3000']) {
            expect(new URL(path, origin).origin).toBe(origin);
            expect(new URL(`${origin}${path}`).origin).toBe(origin);
          }
          expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
          expect(safeReturnTo(path)).toBe(path);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
