import { describe, expect, it } from '@jest/globals';
import { composeEnvironment, documentedSettings, settingRows } from '@hse/service-kit/testing';
import { readExpirySettings, settingsTable } from './settings.ts';

describe('the settings of the expiry service', () => {
  it('have defaults: engines and the requests service on this machine, the system clock', () => {
    expect(readExpirySettings({})).toMatchObject({
      HEALTH_PORT: 8080,
      REQUESTS_ADDRESS: 'localhost:50051',
      MONGODB_URL: 'mongodb://localhost:27017/session-requests?replicaSet=rs0',
      KAFKA_BROKERS: ['localhost:9092'],
      CLOCK: 'system',
      LOG_FORMAT: 'json',
    });
  });

  it.each([
    ['INSTANCE', 'a/b', 'at most 100 letters, digits, dots, dashes or underscores'],
    ['REQUESTS_ADDRESS', 'http://requests:50051', 'a list of host:port'],
    ['MONGODB_URL', 'localhost:27017', 'a connection string'],
    ['KAFKA_BROKERS', 'kafka', 'a list of host:port with commas between'],
    ['HEALTH_PORT', '99999', 'a whole number from 0 to 65535'],
    ['STALL_EXIT_MS', 'never', 'a whole number of milliseconds'],
    ['CLOCK_START', 'tomorrow', 'an instant in UTC'],
  ])('refuse %s=%s with the accepted form', (name, text, form) => {
    expect(() => readExpirySettings({ CLOCK: 'simulated', [name]: text })).toThrow(
      `${name}=${text} is not valid: it has to be ${form}`,
    );
  });

  it('refuse a simulated start without a simulated clock', () => {
    expect(() => readExpirySettings({ CLOCK_START: '2026-11-22T09:00:00Z' })).toThrow(
      'CLOCK_START needs CLOCK=simulated.',
    );
  });

  it('stand in docs/distributed.md, every one with its meaning and default, and no other', () => {
    expect(documentedSettings('expiry')).toEqual(settingRows(settingsTable));
  });

  it('that docker-compose.yml gives it exist and can be used', () => {
    const environment = composeEnvironment('expiry');
    expect(Object.keys(settingsTable)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readExpirySettings(environment)).toMatchObject({ REQUESTS_ADDRESS: 'requests:50051' });
  });
});
