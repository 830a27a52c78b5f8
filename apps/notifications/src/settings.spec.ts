import { describe, expect, it } from '@jest/globals';
import { composeEnvironment, documentedSettings, settingRows } from '@hse/service-kit/testing';
import { readNotificationsSettings, settingsTable } from './settings.ts';

describe('the settings of the notifications service', () => {
  it('have defaults: engines on this machine, log lines for machines', () => {
    expect(readNotificationsSettings({})).toMatchObject({
      HEALTH_PORT: 8080,
      MONGODB_URL: 'mongodb://localhost:27017/session-requests?replicaSet=rs0',
      KAFKA_BROKERS: ['localhost:9092'],
      TOPICS: 'create',
      LOG_FORMAT: 'json',
    });
  });

  it.each([
    ['MONGODB_URL', 'localhost:27017', 'a connection string'],
    ['KAFKA_PREFIX', 'a b', 'at most 100 letters, digits, dots, dashes or underscores'],
    ['TOPICS', 'delete', '"create" or "check"'],
    ['TOPIC_REPLICATION', '0', 'a whole number from 1 to 10'],
    ['HEALTH_HOST', '', undefined],
    ['LOG_FORMAT', 'xml', '"json" or "pretty"'],
  ])('refuse %s=%s with the accepted form, and take an empty one for none', (name, text, form) => {
    const read = () => readNotificationsSettings({ [name]: text });
    if (form === undefined) expect(read()).toEqual(readNotificationsSettings({}));
    else expect(read).toThrow(`${name}=${text} is not valid: it has to be ${form}`);
  });

  it('stand in docs/distributed.md, every one with its meaning and default, and no other', () => {
    expect(documentedSettings('notifications')).toEqual(settingRows(settingsTable));
  });

  it('that docker-compose.yml gives it exist and can be used', () => {
    const environment = composeEnvironment('notifications');
    expect(Object.keys(settingsTable)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readNotificationsSettings(environment)).toMatchObject({
      MONGODB_URL: expect.stringMatching(
        /^mongodb:\/\/notifications:.*@mongodb:27017\/session-requests\?replicaSet=rs0$/,
      ),
    });
  });
});
