import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let site: string;
let gateway: GatewayUnderTest;
const files = {
  'index.html': '<!doctype html><title>Sessions</title>',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/index-Abc123.js': 'console.log("x");'.repeat(100),
  'assets/small-Abc123.css': 'a{}',
  '.vite/manifest.json': '{}',
};

beforeAll(async () => {
  site = mkdtempSync(join(tmpdir(), 'site-'));
  for (const folder of ['assets', '.vite']) mkdirSync(join(site, folder));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(site, name), text);
  for (const name of ['index.html', 'assets/index-Abc123.js'] as const) {
    writeFileSync(join(site, `${name}.br`), brotliCompressSync(files[name]));
    writeFileSync(join(site, `${name}.gz`), gzipSync(files[name]));
  }
  writeFileSync(join(site, '..', 'outside.txt'), 'not for anybody');
  gateway = await startGateway({ override: (dependencies) => ({ ...dependencies, site }) });
});
afterAll(async () => {
  await gateway.close();
  rmSync(site, { recursive: true });
  rmSync(join(site, '..', 'outside.txt'));
});

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  gateway.fastify.inject({ url, headers, method });

describe('the web app', () => {
  it.each(['/', '/?session=x', '/sessions', '/sessions?view=week', '/sessions/notifications', '/settings'])(
    'has its page at %s, which is asked for anew each time',
    async (url) => {
      const { statusCode, headers, payload } = await get(url);
      expect([statusCode, payload, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        files['index.html'],
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      const again = await get(url, { 'if-none-match': String(headers['etag']) });
      expect([again.statusCode, again.payload, again.headers['etag']]).toEqual([304, '', headers['etag']]);
      const head = await get(url, {}, 'HEAD');
      expect([head.statusCode, head.payload]).toEqual([200, '']);
    },
  );

  it('lets nothing of other sites run or frame it, wherever its page is', async () => {
    for (const url of ['/', '/sessions/notifications', '/assets/index-Abc123.js', '/icon.svg'])
      expect((await get(url)).headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; " +
          "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'x-content-type-options': 'nosniff',
      });
  });

  it('asks for https next time only where it is reached by it', async () => {
    expect((await get('/')).headers).not.toHaveProperty('strict-transport-security');
    const secure = await startGateway({
      override: (dependencies) => ({ ...dependencies, site, publicUrl: 'https://sessions.example.org' }),
    });
    const { headers } = await secure.fastify.inject({ url: '/' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    await secure.close();
  });

  it('has files that may be kept for ever where their name changes with them', async () => {
    const { headers, payload, statusCode } = await get('/assets/index-Abc123.js');
    expect([statusCode, payload]).toEqual([200, files['assets/index-Abc123.js']]);
    expect(headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: expect.any(String),
      'last-modified': expect.any(String),
    });
    const icon = await get('/icon.svg');
    expect([icon.statusCode, icon.headers['content-type'], icon.headers['cache-control']]).toEqual([
      200,
      'image/svg+xml',
      'no-cache',
    ]);
  });

  it('is sent compressed to who takes that, as it was compressed when it was built', async () => {
    for (const [name, url] of [
      ['assets/index-Abc123.js', '/assets/index-Abc123.js'],
      ['index.html', '/sessions'],
    ] as const) {
      const plain = await get(url);
      const type = plain.headers['content-type'];
      expect([plain.headers['content-encoding'], plain.headers['vary']]).toEqual([
        undefined,
        'accept-encoding',
      ]);
      for (const [accepted, encoding, decompress] of [
        ['gzip, deflate, br', 'br', brotliDecompressSync],
        ['gzip', 'gzip', gunzipSync],
      ] as const) {
        const { headers, rawPayload } = await get(url, { 'accept-encoding': accepted });
        expect(headers).toMatchObject({
          'content-encoding': encoding,
          'content-type': type,
          vary: 'accept-encoding',
          'cache-control': plain.headers['cache-control'],
        });
        expect(headers['etag']).not.toBe(plain.headers['etag']);
        expect(decompress(rawPayload).toString()).toBe(files[name]);
      }
    }
    const small = await get('/assets/small-Abc123.css', { 'accept-encoding': 'br' });
    expect([small.headers['content-encoding'], small.payload]).toEqual([undefined, 'a{}']);
  });

  it.each([
    '/assets/index-Gone.js',
    '/assets/',
    '/assets/%2e%2e/index.html',
    ['/assets/..', '..', 'outside.txt'].join('%2F'),
    '/.vite/manifest.json',
    '/index.html',
    '/sessions.html',
    '/outside.txt',
    '/auth',
    '/api/nothing',
  ])('is not at %s', async (url) => {
    const { statusCode, headers, payload } = await get(url, { accept: 'text/html' });
    expect([400, 404]).toContain(statusCode);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(payload).not.toContain('not for anybody');
  });

  it('takes no other method', async () => {
    for (const url of ['/', '/sessions', '/assets/index-Abc123.js']) {
      const { statusCode, headers } = await gateway.fastify.inject({ method: 'POST', url });
      expect([statusCode, headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('a server without the web app', () => {
  it('says what is missing, and has its API all the same', async () => {
    const bare = await startGateway();
    for (const url of ['/', '/sessions', '/settings']) {
      const { statusCode, headers, payload } = await bare.fastify.inject({ url });
      expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
        503,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      expect(payload).toContain('npm run build');
    }
    expect((await bare.fastify.inject({ url: '/livez' })).statusCode).toBe(200);
    await bare.close();
  });
});
