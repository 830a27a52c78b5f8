import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { end, ended, freePort, ready, run, type Running } from './server-process.ts';

let folder: string;
let port: number;
const started: Running[] = [];

const serve = (environment: Record<string, string> = {}): Running => {
  const server = run('main.js', { PORT: String(port), DATA_DIR: join(folder, 'data'), ...environment });
  started.push(server);
  return server;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-requests-process-'));
  port = await freePort();
});
afterAll(async () => {
  for (const each of started) await end(each, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('the server process', () => {
  it('says where to go next, and stops cleanly when asked to', async () => {
    const server = serve();
    await ready(server, port);
    for (const hint of [`http://localhost:${port}/api/docs`, 'npm run -s token', join(folder, 'data')])
      expect(server.printed.text).toContain(hint);
    server.process.kill('SIGINT');
    expect(await ended(server)).toBe(0);
    expect(server.printed.text).toContain('Stopped');
  });

  it('keeps a second one off its data directory, and says so', async () => {
    const first = serve();
    await ready(first, port);
    const second = serve({ PORT: String(await freePort()) });
    expect(await ended(second)).toBe(1);
    expect(second.printed.text).toContain(join(folder, 'data', 'events.sqlite'));
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    await end(first, 'SIGTERM');
  });

  it('refuses a port that is in use, and leaves nothing behind', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const taken = (occupant.address() as { port: number }).port;
    const refused = serve({ PORT: String(taken), DATA_DIR: join(folder, 'unused') });
    expect(await ended(refused)).toBe(1);
    expect(refused.printed.text).toContain(`Port ${taken} is in use`);
    expect(existsSync(join(folder, 'unused'))).toBe(false);
    occupant.close();
  });

  it.each([
    ['PORT', 'http', 'PORT=http is not valid: it has to be a whole number from 0 to 65535.'],
    ['CLOCK', 'sundial', 'CLOCK=sundial is not valid: it has to be "system" or "simulated".'],
    ['DATA_DIR', '/dev/null', 'DATA_DIR=/dev/null cannot be used'],
    ['EXPIRY_POLICY', '/nowhere.json', 'EXPIRY_POLICY=/nowhere.json cannot be used'],
  ])('refuses %s=%s with the reason', async (name, value, reason) => {
    const refused = serve({ [name]: value });
    expect(await ended(refused)).toBe(1);
    expect(refused.printed.text).toContain(reason);
  });

  it('names a broken file and the way out of it', async () => {
    const path = join(folder, 'data', 'read-models.sqlite');
    await writeFile(path, 'this is no database, and long enough to be noticed as such');
    const refused = serve();
    expect(await ended(refused)).toBe(1);
    expect(refused.printed.text).toContain(path);
    expect(refused.printed.text).toContain('delete it');

    for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
    const server = serve();
    await ready(server, port);
    await end(server, 'SIGTERM');
    expect((await stat(path)).size).toBeGreaterThan(0);
  });
});
