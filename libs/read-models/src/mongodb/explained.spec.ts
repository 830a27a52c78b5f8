import { describe, expect, it } from '@jest/globals';
import { MongoServerError } from 'mongodb';
import { explained } from './explained.ts';

const answered = (code: number): MongoServerError =>
  new MongoServerError({ ok: 0, code, errmsg: 'what the server says' });

it.each(['EPIPE', 'ECONNRESET'])('a socket that breaks (%s) is a server that cannot be reached', (code) => {
  expect(explained(Object.assign(new Error('broken'), { code }))).toMatchObject({
    name: 'StoreUnavailable',
    outcome: 'unknown',
    reason: 'unreachable',
  });
});

describe('what a MongoDB server answers', () => {
  it.each([91, 134, 189, 10_107, 11_600, 11_602, 13_435, 13_436])(
    'as it starts, stops or is no primary (%i) is that it cannot be reached',
    (code) => {
      expect(explained(answered(code), 'not-written')).toMatchObject({
        name: 'StoreUnavailable',
        outcome: 'not-written',
        reason: 'unreachable',
      });
    },
  );

  it('to a mistake of ours stays as it is', () => {
    for (const code of [2, 11_000]) {
      const error = answered(code);
      expect(explained(error)).toBe(error);
    }
  });
});
