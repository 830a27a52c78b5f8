import { describe, expect, it } from '@jest/globals';
import { composeEnvironment, documentedSettings, settingRows } from '@hse/service-kit/testing';
import { readRequestsSettings, settingsTable } from './settings.ts';

describe('the settings of the requests service', () => {
  it('have defaults: any address, engines on this machine, topics that it may create, log lines for machines', () => {
    expect(readRequestsSettings({})).toMatchObject({
      GRPC_PORT: 50_051,
      GRPC_HOST: '0.0.0.0',
      HEALTH_PORT: 8080,
      KAFKA_BROKERS: ['localhost:9092'],
      TOPICS: 'create',
      TOPIC_PARTITIONS: 12,
      CLOCK: 'system',
      LOG_FORMAT: 'json',
      policy: { id: 'hse-2026-1' },
    });
  });

  it.each([
    ['GRPC_PORT', 'http', 'a whole number from 0 to 65535'],
    ['GRPC_HOST', 'no host', 'an IP address or a host name'],
    ['INSTANCE', 'a b', 'at most 100 letters, digits, dots, dashes or underscores'],
    ['EVENTSTOREDB_URL', 'localhost:2113', 'a connection string'],
    ['KAFKA_BROKERS', 'kafka:9092,kafka', 'a list of host:port with commas between'],
    ['KAFKA_TLS', 'yes', '"on" or "off"'],
    ['TOPIC_PARTITIONS', '0', 'a whole number from 1 to 10000'],
    ['TOPIC_RETENTION_MS', '7d', 'a whole number of milliseconds'],
    ['CLOCK', 'fast', '"system" or "simulated"'],
  ])('refuse %s=%s with the accepted form', (name, text, form) => {
    expect(() => readRequestsSettings({ [name]: text })).toThrow(
      `${name}=${text} is not valid: it has to be ${form}`,
    );
  });

  it('refuse a simulated start without a simulated clock, and a policy that is not there', () => {
    const environment = { CLOCK_START: '2026-11-22T09:00:00Z', EXPIRY_POLICY: '/missing.json' };
    for (const fault of ['CLOCK_START needs CLOCK=simulated', 'EXPIRY_POLICY=/missing.json cannot be used'])
      expect(() => readRequestsSettings(environment)).toThrow(fault);
  });

  it('stand in docs/distributed.md, every one with its meaning and default, and no other', () => {
    expect(documentedSettings('requests')).toEqual(settingRows(settingsTable));
  });

  it('that docker-compose.yml gives it exist and can be used', () => {
    const environment = composeEnvironment('requests');
    expect(Object.keys(settingsTable)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readRequestsSettings(environment)).toMatchObject({
      KAFKA_BROKERS: ['kafka:19092'],
      TOPIC_REPLICATION: 1,
    });
  });
});
