import { describe, expect, test } from '@jest/globals';
import type { ReflectedChange } from '@hse/contracts';
import { silentLogger } from '@hse/service-kit';
import { createLiveUpdates } from './live-updates.ts';

const change = { position: 1 } as ReflectedChange; // what is in it does not matter here

describe('live updates', () => {
  test('reach everybody who listens, until they stop', () => {
    const live = createLiveUpdates({ logger: silentLogger });
    const heard: string[] = [];
    const stop = live.subscribe(() => heard.push('one'));
    live.subscribe(() => heard.push('two'));
    live.publish([change]);
    stop();
    stop();
    live.publish([change]);
    expect(heard).toEqual(['one', 'two', 'two']);
  });

  test('are not published when nothing has changed', () => {
    const live = createLiveUpdates({ logger: silentLogger });
    const heard: unknown[] = [];
    live.subscribe((changes) => heard.push(changes));
    live.publish([]);
    expect(heard).toEqual([]);
  });

  test('reach the others when one listener fails, and the failure is logged', () => {
    const logged: object[] = [];
    const live = createLiveUpdates({
      logger: { ...silentLogger, error: (fields) => void logged.push(fields) },
    });
    const failure = new Error('listener');
    const heard: unknown[] = [];
    live.subscribe(() => {
      throw failure;
    });
    live.subscribe((changes) => heard.push(changes));
    live.publish([change]);
    expect(heard).toEqual([[change]]);
    expect(logged).toEqual([{ err: failure }]);
  });

  test('go to those who listened when they came, also when a listener stops or begins meanwhile', () => {
    const live = createLiveUpdates({ logger: silentLogger });
    const heard: string[] = [];
    live.subscribe(() => {
      live.subscribe(() => heard.push('late'));
    });
    live.publish([change]);
    expect(heard).toEqual([]);
  });
});
