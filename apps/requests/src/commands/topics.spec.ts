import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeWithServer } from '@hse/engines';
import { sessionRequestTopics } from '@hse/event-feed/kafka';
import { createUuids } from '@hse/service-kit';
import { afterAll, describe, expect, it } from '@jest/globals';
import kafkajs, { type Kafka } from 'kafkajs';

const command = fileURLToPath(new URL('../../dist/commands/topics.js', import.meta.url));

const run = (environment: Record<string, string>): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...environment }, timeout: 25_000 };
    execFile(process.execPath, [command], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });

describe('the command that creates topics', () => {
  it('says which settings it cannot use', async () => {
    const { code, output } = await run({ TOPICS: 'maybe', TOPIC_PARTITIONS: '0' });
    expect(code).toBe(2);
    expect(output).toContain('TOPICS=maybe is not valid: it has to be "create" or "check".');
    expect(output).toContain('TOPIC_PARTITIONS=0 is not valid');
  });
});

describeWithServer('KAFKA_BROKERS', 'the command that creates topics, with Kafka', (brokers) => {
  const prefix = `${createUuids().next()}.`;
  const own = [sessionRequestTopics.events, sessionRequestTopics.progress].map((topic) => prefix + topic);
  const settings = { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix };

  const admin = (): ReturnType<Kafka['admin']> =>
    new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();

  afterAll(async () => {
    const kafka = admin();
    await kafka.connect();
    const existing = await kafka.listTopics();
    await kafka.deleteTopics({ topics: own.filter((topic) => existing.includes(topic)) });
    await kafka.disconnect();
  });

  it('fails where they may not be created, creates them, and finds them at the next release', async () => {
    const checked = await run({ ...settings, TOPICS: 'check' });
    expect(checked.code).toBe(1);
    expect(checked.output).toContain(`${own[0]} does not exist and creating it is switched off`);
    for (const wish of ['create', 'create', 'check']) {
      const { code, output } = await run({ ...settings, TOPICS: wish, TOPIC_PARTITIONS: '3' });
      expect([code, output]).toEqual([0, `${own[0]} and ${own[1]} are as they have to be.\n`]);
    }
    expect(await run({ ...settings, TOPIC_PARTITIONS: '4' })).toMatchObject({
      code: 1,
      output: expect.stringContaining(`${own[0]} has 3 partitions instead of 4`),
    });
  });
});
