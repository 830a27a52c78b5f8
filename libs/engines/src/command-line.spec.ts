import { expect, test } from '@jest/globals';
import { parseTask } from './command-line.ts';

test('kafka and mongo are started by default, every engine is fetched by default', () => {
  expect(parseTask([])).toEqual({ kind: 'stay', engines: ['kafka', 'mongo'] });
  expect(parseTask(['fetch'])).toEqual({ kind: 'fetch', names: ['kafka', 'mongo', 'keycloak'] });
  expect(parseTask(['run', '--', 'npm', 'test'])).toEqual({
    kind: 'run',
    engines: ['kafka', 'mongo'],
    command: ['npm', 'test'],
  });
});

test('what is named is taken, once, and a command keeps dashes of its own', () => {
  expect(parseTask(['keycloak', 'kafka', 'kafka'])).toEqual({ kind: 'stay', engines: ['kafka', 'keycloak'] });
  expect(parseTask(['fetch', 'mongo'])).toEqual({ kind: 'fetch', names: ['mongo'] });
  expect(parseTask(['fetch', 'kubernetes'])).toEqual({ kind: 'fetch', names: ['kubernetes'] });
  expect(parseTask(['fetch', 'prometheus'])).toEqual({ kind: 'fetch', names: ['prometheus'] });
  expect(parseTask(['run', 'keycloak', '--', 'npm', 'test', '--', 'fetch'])).toEqual({
    kind: 'run',
    engines: ['keycloak'],
    command: ['npm', 'test', '--', 'fetch'],
  });
});

test('what makes no sense is refused with a message that shows the usage', () => {
  for (const args of [
    ['zookeeper'],
    ['kubernetes'],
    ['prometheus'],
    ['run'],
    ['run', 'kafka', '--'],
    ['fetch', '--', 'x'],
    ['kafka', 'run'],
  ])
    expect(() => parseTask(args)).toThrow('npm run engines');
});
