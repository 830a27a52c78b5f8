import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readStandaloneSettings, settingsTable } from './settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('the settings of the standalone server', () => {
  it('have defaults that serve this machine only, on the system clock, with the demo accounts', () => {
    const settings = readStandaloneSettings({});
    expect(settings).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: resolve('./data'),
      CLOCK: 'system',
      policy: { id: 'hse-2026-1' },
    });
    expect(settings.accounts.filter(({ role }) => role === 'coach').length).toBeGreaterThanOrEqual(2);
    expect(settings.accounts.filter(({ role }) => role === 'client').length).toBeGreaterThanOrEqual(3);
    expect(new Set(settings.accounts.map(({ timeZone }) => timeZone)).size).toBe(settings.accounts.length);
  });

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', 'http', 'a whole number from 0 to 65535'],
    ['HOST', 'no host', 'an IP address or a host name'],
    ['CLOCK', 'fast', '"system" or "simulated"'],
    ['CLOCK_START', 'tomorrow', 'an instant in UTC such as 2026-11-22T09:00:00Z'],
    ['CLOCK_START', '2026-02-30T09:00:00Z', 'an instant in UTC'],
    ['CLOCK_START', '2026-02-20T09:00:00', 'an instant in UTC'],
    ['CLOCK_SPEED', '-1', 'a number from 0 to 1000000'],
    ['OIDC_ISSUER', 'example.org', 'an http or https URL'],
    ['OIDC_ALGORITHMS', 'none', 'a list of RS256'],
    ['OIDC_ALGORITHMS', 'HS256', 'a list of RS256'],
    ['LOG_LEVEL', 'loud', '"debug", "info", "warn" or "error"'],
  ])('refuse %s=%s with the accepted form', (name, text, form) => {
    expect(() => readStandaloneSettings({ CLOCK: 'simulated', [name]: text })).toThrow(
      `${name}=${text} is not valid: it has to be ${form}`,
    );
  });

  it('refuse a client of an issuer where there is no such issuer', () => {
    expect(() => readStandaloneSettings({ OIDC_CLIENT_SECRET: 'secret', OIDC_SCOPE: 'openid' })).toThrow(
      /OIDC_CLIENT_SECRET needs OIDC_ISSUER.*OIDC_SCOPE needs OIDC_ISSUER/s,
    );
    const OIDC_ISSUER = 'https://example.org';
    expect(readStandaloneSettings({ OIDC_ISSUER, OIDC_SCOPE: 'openid offline_access' })).toMatchObject({
      OIDC_CLIENT_ID: 'gateway',
      OIDC_SCOPE: 'openid offline_access',
    });
    expect(() => readStandaloneSettings({ OIDC_ISSUER, OIDC_SCOPE: 'profile' })).toThrow(
      'OIDC_SCOPE=profile',
    );
  });

  it('keep the issuer to the letter, because tokens are compared with it, and of the public URL the origin', () => {
    const settings = readStandaloneSettings({
      OIDC_ISSUER: 'https://example.org/',
      PUBLIC_URL: 'https://sessions.example.org/',
    });
    expect(settings).toMatchObject({
      OIDC_ISSUER: 'https://example.org/',
      PUBLIC_URL: 'https://sessions.example.org',
    });
    expect(() => readStandaloneSettings({ PUBLIC_URL: 'https://example.org/sessions' })).toThrow(
      'without a path',
    );
  });

  it('refuse a simulated start without a simulated clock', () => {
    expect(() => readStandaloneSettings({ CLOCK_START: '2026-11-22T09:00:00Z' })).toThrow(
      'CLOCK_START needs CLOCK=simulated.',
    );
  });

  it('read a policy from a file, and refuse one that cannot be kept', () => {
    const [good, bad] = [fileOf('none.json', '{'), join(folder, 'missing.json')];
    expect(() => readStandaloneSettings({ EXPIRY_POLICY: good })).toThrow(
      `EXPIRY_POLICY=${good} cannot be used`,
    );
    expect(() => readStandaloneSettings({ EXPIRY_POLICY: bad })).toThrow('ENOENT');
    expect(() => readStandaloneSettings({ EXPIRY_POLICY: fileOf('empty.json', '{}') })).toThrow('rules');
  });

  it('name every fault of an account', () => {
    const accounts = [
      { account: 'x', id: 'p1', role: 'trainer', name: 'X', email: 'x@example.org', timeZone: 'Mars/Base' },
      {
        account: 'x',
        id: 'p1',
        role: 'coach',
        name: 'X',
        email: 'x@example.org',
        timeZone: 'Europe/Paris',
        age: 3,
      },
    ];
    expect(() =>
      readStandaloneSettings({ ACCOUNTS: fileOf('accounts.json', JSON.stringify(accounts)) }),
    ).toThrow(
      '[0].role: "coach" or "client"; [0].timeZone: an IANA time zone such as Europe/Berlin; ' +
        '[1].age: unknown; [1].account: the same as that of [0]; [1].id: the same as that of [0]',
    );
  });

  it('refuse the embedded issuer and the demo accounts in production, and say what to do', () => {
    const start = (environment: Record<string, string>) => () => readStandaloneSettings(environment);
    expect(start({ NODE_ENV: 'production' })).toThrow(
      /2 settings are wrong:\n.*OIDC_ISSUER has to be set with NODE_ENV=production: the URL of your OpenID provider.*\n.*ACCOUNTS has to be set/,
    );
    const issuer = { OIDC_ISSUER: 'https://id.example.org' };
    const accounts = { ACCOUNTS: 'demo' };
    expect(start({ NODE_ENV: 'production', ...issuer })).toThrow('ACCOUNTS has to be set');
    expect(start({ NODE_ENV: 'production', ...accounts })).toThrow('OIDC_ISSUER has to be set');
    expect(start({ NODE_ENV: 'production', ...issuer, ...accounts })).not.toThrow();
    // Where there is https, there are others.
    const elsewhere = { PUBLIC_URL: 'https://sessions.example.org' };
    expect(start(elsewhere)).toThrow(
      'OIDC_ISSUER has to be set with PUBLIC_URL=https://sessions.example.org',
    );
    expect(start({ ...elsewhere, ...issuer })).not.toThrow();
    for (const environment of [{}, { NODE_ENV: 'test' }, { NODE_ENV: 'development' }])
      expect(start(environment)).not.toThrow();
  });

  it('stand in the README, every one with its meaning and default', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
    const shown = readme.split('<!-- /settings -->')[0]?.split(/<!-- settings: .* -->\n/)[1];
    const cells = shown
      ?.trim()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()));
    expect(cells?.slice(2)).toEqual(
      Object.entries(settingsTable).map(([name, { meaning, form, default: value }]) => [
        '',
        `\`${name}\``,
        meaning,
        form,
        value === undefined ? '' : `\`${value}\``,
        '',
      ]),
    );
  });
});
