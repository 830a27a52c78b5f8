import { describe, expect, it } from '@jest/globals';
import { loggedError } from './logged-error.ts';

const failed = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('an error in the log', () => {
  it('says what went wrong, where, and because of what', () => {
    const cause = Object.assign(new TypeError('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
    const logged = loggedError(new Error('the store cannot be reached', { cause }));
    expect(logged).toMatchObject({
      type: 'Error',
      message: 'the store cannot be reached',
      cause: { type: 'TypeError', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 10.0.0.1:443' },
    });
    expect(logged.stack).toMatch(/^Error: the store cannot be reached\n +at .*logged-error\.spec/);
  });

  it('has nothing of what a library has put on it', () => {
    const refused = Object.assign(new Error('Document failed validation'), {
      code: 121,
      errInfo: { details: { consideredValue: 'private' } },
      writeErrors: [{ op: { note: 'private' } }],
      config: { headers: { authorization: 'Bearer private' } },
    });
    expect(JSON.stringify(loggedError(refused))).not.toContain('private');
    expect(loggedError(refused)).toMatchObject({ message: 'Document failed validation', code: 121 });
  });

  it.each([
    ['what JSON.parse could not read', failed(() => JSON.parse('[private, "it is private"]'))],
    ['what was not even text', failed(() => JSON.parse('private'))],
    ['a key that is there already', new Error('E11000 duplicate key: { name: "private" }')],
    ['an apostrophe within quotes', new Error(`no such name: "private's"`)],
  ])('has nothing of %s', (_, error) => {
    const logged = JSON.stringify(loggedError(error));
    expect(logged).not.toContain('private');
    expect(logged).toContain('…');
  });

  it('bears what is no error, and one that is its own cause', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(JSON.stringify(loggedError(circular)).match(/"cause"/g)).toHaveLength(5);
    for (const thrown of [undefined, null, 'a word', 7, Symbol('s'), Object.create(null)])
      expect(typeof loggedError(thrown).message).toBe('string');
  });
});
