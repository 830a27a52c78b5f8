import { describe, expect, it } from '@jest/globals';
import { composeEnvironment, documentedSettings, settingRows } from '@hse/service-kit/testing';
import { readGatewaySettings, settingsTable } from './settings.ts';

const issuer = 'http://localhost:8081/realms/session-requests';

describe('the settings of the gateway', () => {
  it('have defaults for all but the issuer: any address, engines on this machine, log lines for machines', () => {
    expect(readGatewaySettings({ OIDC_ISSUER: issuer })).toMatchObject({
      PORT: 3000,
      HOST: '0.0.0.0',
      REQUESTS_ADDRESS: 'localhost:50051',
      CLOCK: 'system',
      LOG_FORMAT: 'json',
      issuer,
      policy: { id: 'hse-2026-1' },
    });
    expect(() => readGatewaySettings({})).toThrow(
      'OIDC_ISSUER has to be set: an http or https URL without query.',
    );
  });

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PUBLIC_URL', 'https://example.org/sessions', 'an http or https URL without a path'],
    ['REQUESTS_ADDRESS', 'requests', 'a list of host:port'],
    ['MONGODB_URL', 'http://localhost:27017', 'a connection string'],
    ['EVENTSTOREDB_URL', 'localhost:2113', 'a connection string'],
    ['OIDC_ISSUER', 'example.org', 'an http or https URL without query'],
    ['OIDC_DISCOVERY_URL', '/.well-known/openid-configuration', 'an http or https URL without query'],
    ['OIDC_ALGORITHMS', 'HS256', 'a list of RS256'],
    ['DRAIN_MS', '-1', 'a whole number from 0 to 600000'],
    ['LOG_LEVEL', 'loud', '"debug", "info", "warn" or "error"'],
  ])('refuse %s=%s with the accepted form', (name, text, form) => {
    expect(() => readGatewaySettings({ OIDC_ISSUER: issuer, [name]: text })).toThrow(
      `${name}=${text} is not valid: it has to be ${form}`,
    );
  });

  it('refuse a simulated start without a simulated clock, and name every fault of the documents', () => {
    const environment = {
      CLOCK_START: '2026-11-22T09:00:00Z',
      ACCOUNTS: '/missing.json',
      EXPIRY_POLICY: '/missing.json',
    };
    for (const fault of [
      'CLOCK_START needs CLOCK=simulated',
      'ACCOUNTS=/missing.json',
      'EXPIRY_POLICY=',
      'OIDC_ISSUER',
    ])
      expect(() => readGatewaySettings(environment)).toThrow(fault);
  });

  it('have demo accounts in production only where they are asked for', () => {
    const environment = { OIDC_ISSUER: issuer, NODE_ENV: 'production' };
    expect(() => readGatewaySettings(environment)).toThrow('ACCOUNTS has to be set with NODE_ENV=production');
    expect(readGatewaySettings({ ...environment, ACCOUNTS: 'demo' }).accounts.length).toBeGreaterThan(2);
    // The image sets it.
    expect(readGatewaySettings({ ...composeEnvironment('gateway'), NODE_ENV: 'production' })).toBeDefined();
  });

  it('stand in docs/distributed.md, every one with its meaning and default, and no other', () => {
    expect(documentedSettings('gateway')).toEqual(settingRows(settingsTable));
  });

  it('that docker-compose.yml gives it exist and can be used', () => {
    const environment = composeEnvironment('gateway');
    expect(Object.keys(settingsTable)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readGatewaySettings(environment)).toMatchObject({
      PORT: 3000,
      issuer,
      REQUESTS_ADDRESS: 'requests:50051',
    });
  });
});
