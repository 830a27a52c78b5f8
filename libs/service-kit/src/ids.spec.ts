import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { createSequentialUuids, createUuids } from './ids.ts';

describe('Ids', () => {
  it('are UUIDs of version 7 that sort in the order in which they were made', () => {
    const ids = createUuids();
    const made = Array.from({ length: 1_000 }, () => ids.next());
    expect(made.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('are the same in every run where they are counted, and differ between series', () => {
    const first = createSequentialUuids();
    expect([first.next(), first.next()]).toEqual([
      '00000000-0000-7000-8000-000000000001',
      '00000000-0000-7000-8000-000000000002',
    ]);
    expect(createSequentialUuids().next()).toBe('00000000-0000-7000-8000-000000000001');
    const other = createSequentialUuids(255).next();
    expect(other).toBe('00000000-00ff-7000-8000-000000000001');
    expect(validate(other)).toBe(true);
    expect(() => createSequentialUuids(65_536)).toThrow(RangeError);
  });
});
