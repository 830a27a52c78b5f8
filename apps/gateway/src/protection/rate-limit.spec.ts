import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressKey, mostKeys, RateLimit } from './rate-limit.ts';
import { defaultRateLimits, parseRateLimits, protectionSettings } from './settings.ts';

const clockAt = (ms: number) => {
  const clock = { ms, now: () => clock.ms };
  return clock;
};

describe('a budget', () => {
  it('can be used up at once, and refills evenly', () => {
    const clock = clockAt(1_000);
    const limit = new RateLimit({ requests: 3, seconds: 60 }, clock);
    expect(
      [limit.take('a'), limit.take('a'), limit.take('a')].map(({ isTaken, left }) => [isTaken, left]),
    ).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
    ]);
    expect(limit.take('a')).toEqual({ isTaken: false, left: 0, retryAfterS: 20, resetS: 60 });
    clock.ms += 19_999;
    expect(limit.take('a')).toMatchObject({ isTaken: false, retryAfterS: 1 });
    clock.ms += 1;
    expect(limit.take('a')).toMatchObject({ isTaken: true, left: 0 });
    expect(limit.take('a')).toMatchObject({ isTaken: false, retryAfterS: 20 });
    clock.ms += 60_000;
    expect(limit.look('a')).toEqual({ isTaken: true, left: 3, retryAfterS: 0, resetS: 0 });
  });

  it('of one is not that of another', () => {
    const limit = new RateLimit({ requests: 1, seconds: 60 }, clockAt(0));
    expect([limit.take('a').isTaken, limit.take('a').isTaken, limit.take('b').isTaken]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('makes nobody wait for longer than its time when the clock is set back', () => {
    const clock = clockAt(1e12);
    const limit = new RateLimit({ requests: 2, seconds: 60 }, clock);
    limit.take('a');
    clock.ms -= 3_600_000;
    expect(limit.take('a')).toMatchObject({ isTaken: false, retryAfterS: 30 });
  });

  it('forgets who has not come for longest, so that any number of callers costs the same memory', () => {
    const limit = new RateLimit({ requests: 1, seconds: 60 }, clockAt(0));
    for (let index = 0; index < mostKeys; index += 1) limit.take(`k-${index}`);
    limit.take('one more');
    expect(limit.size).toBe(mostKeys);
    expect([limit.look('k-0').isTaken, limit.look('k-1').isTaken, limit.look('one more').isTaken]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('lets through what it says in any span of its length, at most twice over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
        (requests, pauses) => {
          const clock = clockAt(0);
          const limit = new RateLimit({ requests, seconds: 10 }, clock);
          const times: number[] = [];
          for (const pause of pauses) {
            clock.ms += pause % 700;
            if (limit.take('a').isTaken) times.push(clock.ms);
          }
          for (const from of times)
            expect(times.filter((at) => at >= from && at < from + 10_000).length).toBeLessThanOrEqual(
              2 * requests,
            );
        },
      ),
    );
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1:a::1', '2001:db8:0:1'],
    ['2001:0DB8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s counts as %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });
});

describe('the settings', () => {
  it('take limits by name, and keep the others', () => {
    expect(parseRateLimits('on')).toEqual(defaultRateLimits);
    expect(parseRateLimits('off')).toEqual({});
    const { address, 'log-ins': logIns } = defaultRateLimits;
    expect(parseRateLimits('commands=600/60, reads=off')).toEqual({
      address,
      'log-ins': logIns,
      commands: { requests: 600, seconds: 60 },
    });
    for (const text of ['commands', 'commands=0/60', 'commands=1/0', 'writes=1/1', '', 'on,off'])
      expect([text, parseRateLimits(text)]).toEqual([text, undefined]);
  });

  it('take proxies and origins to the letter', () => {
    const { TRUSTED_PROXIES: proxies, CORS_ORIGINS: origins } = protectionSettings;
    expect(proxies.parse('10.0.0.0/8, 2001:db8::/32,192.0.2.1')).toEqual([
      '10.0.0.0/8',
      '2001:db8::/32',
      '192.0.2.1',
    ]);
    for (const text of ['all', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.example.org', ''])
      expect([text, proxies.parse(text)]).toEqual([text, undefined]);
    expect(origins.parse('https://a.example, http://localhost:5173')).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
    for (const text of ['*', 'null', 'https://a.example/', 'https://A.example', 'a.example', 'file://'])
      expect([text, origins.parse(text)]).toEqual([text, undefined]);
  });
});
