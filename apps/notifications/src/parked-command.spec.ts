import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ParkedStreams } from '@hse/event-sourcing';
import { createInMemoryParkedStreams } from '@hse/event-sourcing/testing';
import { parkedUsage, runParkedCommand } from './parked-command.ts';

describe('npm run parked', () => {
  let streams: ParkedStreams;
  beforeEach(async () => {
    streams = createInMemoryParkedStreams();
  });
  const park = () =>
    streams.park({
      group: 'notifications',
      stream: 'sessionRequest-b',
      partition: 2,
      fromRevision: 3,
      reason: 'TypeError: no note\u001b[2J\n    at project',
      attempts: 15,
      parkedAt: '2026-11-22T12:00:00.000Z',
    });
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    const code = await runParkedCommand(args, { streams, print: (text) => void printed.push(text) });
    return { code, text: printed.join('\n') };
  };

  test('lists what is parked, from where on, since when, how often it was tried and why', async () => {
    await park();
    expect(await run('list')).toEqual({
      code: 0,
      text: [
        'GROUP          STREAM            FROM REVISION  PARTITION  STATE   ATTEMPTS  SINCE                     WHY',
        'notifications  sessionRequest-b  3              2          parked  15        2026-11-22T12:00:00.000Z  TypeError: no note [2J',
      ].join('\n'),
    });
    expect((await run('list', 'notifications')).text).toContain('sessionRequest-b');
  });

  test('says so when nothing is parked', async () => {
    expect(await run('list')).toEqual({ code: 0, text: 'No stream is parked.' });
    await park();
    expect(await run('list', 'expiry')).toEqual({ code: 0, text: 'No stream is parked.' });
  });

  test.each([
    ['retry', 'retry'],
    ['discard', 'discarded'],
  ])('%s is written down', async (verb, state) => {
    await park();
    expect((await run(verb, 'notifications', 'sessionRequest-b')).code).toBe(0);
    expect(await streams.list()).toMatchObject([{ state }]);
  });

  test('an unknown stream is a failure', async () => {
    await park();
    const { code, text } = await run('discard', 'expiry', 'sessionRequest-b');
    expect([code, text]).toEqual([1, expect.stringContaining('has not parked a stream sessionRequest-b')]);
    expect(await streams.list()).toMatchObject([{ state: 'parked' }]);
  });

  test.each([
    [[]],
    [['retry']],
    [['retry', 'notifications']],
    [['retry', '', 's']],
    [['retry', 'notifications', 'a', 'b']],
    [['list', 'a', 'b']],
    [['drop', 'a', 'b']],
  ])('%j is answered with how it is used', async (args) => {
    expect(await run(...args)).toEqual({ code: 2, text: parkedUsage });
  });
});
