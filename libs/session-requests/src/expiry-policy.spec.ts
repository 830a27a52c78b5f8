import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Role } from './events.ts';
import { defaultExpiryPolicy, respondByFor, type ExpiryPolicy } from './expiry-policy.ts';
import { toEpochMs, toInstant, type Instant } from './instant.ts';
import { InvalidExpiryPolicy, parseExpiryPolicy } from './parse-expiry-policy.ts';

const policy = parseExpiryPolicy(defaultExpiryPolicy);
const minutes = 60_000;
const hours = 60 * minutes;
const days = 24 * hours;

const cutOffMs = (
  leadMs: number,
  awaiting: Role,
  by: ExpiryPolicy = policy,
  requestedBy = awaiting,
): number => {
  const proposedAt = '2026-01-05T09:00:00.000Z';
  const startsAt = toInstant(toEpochMs(proposedAt) + leadMs);
  return toEpochMs(startsAt) - toEpochMs(respondByFor(by, { proposedAt, startsAt, awaiting, requestedBy }));
};

describe('the default policy', () => {
  it('is the rule that users are promised, with its bounds', () => {
    expect(policy).toMatchObject({
      id: 'hse-2026-1',
      deadlineRole: 'awaited',
      minimumNoticeMs: 3_600_000,
      maximumLeadMs: 31_536_000_000,
      minimumDurationMs: 900_000,
      maximumDurationMs: 28_800_000,
    });
  });

  it.each<[string, number, number, number]>([
    // lead, client's cut-off, coach's cut-off, both before the start
    ['1 h - 1 ms', 1 * hours - 1, 1_199_999, 2_399_999],
    ['1 h', 1 * hours, 20 * minutes, 40 * minutes],
    ['1 h + 1 ms', 1 * hours + 1, 20 * minutes, 40 * minutes],
    ['1 h + 2 ms', 1 * hours + 2, 20 * minutes, 40 * minutes + 1],
    ['1 h + 3 ms', 1 * hours + 3, 20 * minutes + 1, 40 * minutes + 2],
    ['12 h', 12 * hours, 4 * hours, 8 * hours],
    ['24 h - 1 ms', 24 * hours - 1, 28_799_999, 57_599_999],
    ['24 h', 24 * hours, 8 * hours, 16 * hours],
    ['24 h + 1 ms', 24 * hours + 1, 8 * hours, 16 * hours],
    ['25 h', 25 * hours, 8 * hours, 16 * hours],
    ['48 h - 1 ms', 48 * hours - 1, 8 * hours, 16 * hours],
    ['48 h', 48 * hours, 16 * hours, 32 * hours],
    ['48 h + 1 ms', 48 * hours + 1, 16 * hours, 32 * hours],
    ['72 h - 1 ms', 72 * hours - 1, 16 * hours, 32 * hours],
    ['72 h', 72 * hours, 24 * hours, 48 * hours],
    ['72 h + 1 ms', 72 * hours + 1, 24 * hours, 48 * hours],
    ['7 d - 1 ms', 7 * days - 1, 24 * hours, 48 * hours],
    ['7 d', 7 * days, 24 * hours, 48 * hours],
    ['7 d + 1 ms', 7 * days + 1, 24 * hours, 48 * hours],
    ['30 d - 1 ms', 30 * days - 1, 24 * hours, 48 * hours],
    ['30 d', 30 * days, 24 * hours, 48 * hours],
    ['30 d + 1 ms', 30 * days + 1, 24 * hours, 48 * hours],
    ['365 d', 365 * days, 24 * hours, 48 * hours],
  ])('for a lead of %s', (_lead, leadMs, clientMs, coachMs) => {
    expect(cutOffMs(leadMs, 'client')).toBe(clientMs);
    expect(cutOffMs(leadMs, 'coach')).toBe(coachMs);
  });

  it('begins each row where the thirds of the lead are what the row says', () => {
    for (const leadMs of [24 * hours, 48 * hours, 72 * hours]) {
      expect(cutOffMs(leadMs, 'client')).toBe(leadMs / 3);
      expect(cutOffMs(leadMs, 'coach')).toBe((leadMs * 2) / 3);
    }
  });

  it.each<[string, Instant, Instant, Instant, Instant]>([
    // what it is, proposed at, starts at, client's deadline, coach's deadline
    [
      'two days by the wall clock in Berlin, 47 h as it loses one in spring',
      '2026-03-28T09:00:00.000Z', // 10:00 +01:00
      '2026-03-30T08:00:00.000Z', // 10:00 +02:00
      '2026-03-30T00:00:00.000Z',
      '2026-03-29T16:00:00.000Z',
    ],
    [
      'one day by the wall clock in Berlin, 23 h as it loses one in spring',
      '2026-03-28T09:00:00.000Z',
      '2026-03-29T08:00:00.000Z',
      '2026-03-29T00:20:00.000Z',
      '2026-03-28T16:40:00.000Z',
    ],
    [
      'two days by the wall clock in Berlin, 49 h as it gains one in autumn',
      '2026-10-24T08:00:00.000Z', // 10:00 +02:00
      '2026-10-26T09:00:00.000Z', // 10:00 +01:00
      '2026-10-25T17:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ],
    [
      'three days by the wall clock in New York, 71 h as it loses one in spring',
      '2026-03-06T15:00:00.000Z', // 10:00 -05:00
      '2026-03-09T14:00:00.000Z', // 10:00 -04:00
      '2026-03-08T22:00:00.000Z',
      '2026-03-08T06:00:00.000Z',
    ],
    [
      'a deadline farther away than a 32-bit timer holds (24.8 days)',
      '2026-01-01T00:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
      '2026-01-30T00:00:00.000Z',
      '2026-01-29T00:00:00.000Z',
    ],
    [
      'the 29th of February',
      '2028-02-28T12:00:00.000Z',
      '2028-03-01T12:00:00.000Z',
      '2028-02-29T20:00:00.000Z',
      '2028-02-29T04:00:00.000Z',
    ],
  ])('counts elapsed hours: %s', (_what, proposedAt, startsAt, client, coach) => {
    const roles = { requestedBy: 'client' } as const;
    expect(respondByFor(policy, { proposedAt, startsAt, awaiting: 'client', ...roles })).toBe(client);
    expect(respondByFor(policy, { proposedAt, startsAt, awaiting: 'coach', ...roles })).toBe(coach);
  });

  it('goes by the awaited party; by the requester, if it is told to', () => {
    const byRequester = parseExpiryPolicy({ ...defaultExpiryPolicy, deadlineRole: 'requester' });
    expect(cutOffMs(30 * days, 'coach', policy, 'client')).toBe(48 * hours);
    expect(cutOffMs(30 * days, 'client', policy, 'coach')).toBe(24 * hours);
    expect(cutOffMs(30 * days, 'coach', byRequester, 'client')).toBe(24 * hours);
    expect(cutOffMs(30 * days, 'client', byRequester, 'coach')).toBe(48 * hours);
    expect(cutOffMs(30 * days, 'coach', byRequester, 'coach')).toBe(48 * hours);
  });

  it('has no deadline for a lead that no rule covers', () => {
    expect(() => cutOffMs(-1, 'client')).toThrow(RangeError);
    expect(() => cutOffMs(NaN, 'client')).toThrow(RangeError);
  });
});

describe('a policy document', () => {
  const [thirds, day, twoDays, threeDays] = defaultExpiryPolicy.rules;
  const withRules = (...rules: unknown[]): unknown => ({ ...defaultExpiryPolicy, rules });
  const withFirstRule = (rule: object): unknown => withRules({ ...thirds, ...rule }, day, twoDays, threeDays);

  const faultsOf = (document: unknown): readonly string[] => {
    try {
      parseExpiryPolicy(document);
      return [];
    } catch (error) {
      if (error instanceof InvalidExpiryPolicy) return error.faults;
      throw error;
    }
  };

  const durationFault = 'an ISO-8601 duration in days, hours, minutes and seconds, such as "PT16H" or "P3D"';
  const shareFault = 'two whole numbers [n, d] with 0 < n < d <= 1000';

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['the document: has to be an object']],
    ['a text', '{}', ['the document: has to be an object']],
    ['a list', [], ['the document: has to be an object']],
    ['an unknown field', { ...defaultExpiryPolicy, minimumNotise: 'PT1H' }, ['minimumNotise: unknown']],
    ['an unknown field of a rule', withFirstRule({ until: 'PT3H' }), ['rules[0].until: unknown']],
    [
      'an unknown field of a cut-off',
      withFirstRule({ coach: { beforeStart: 'PT30M', afterStart: 'PT1H' } }),
      ['rules[0].coach.afterStart: unknown'],
    ],
    ['a field missing', { ...defaultExpiryPolicy, minimumNotice: undefined }, ['minimumNotice: missing']],
    ['the id missing', { ...defaultExpiryPolicy, id: undefined }, ['id: missing']],
    [
      'an empty id',
      { ...defaultExpiryPolicy, id: '' },
      ['id: 1 to 64 letters, digits, dots, dashes or underscores'],
    ],
    [
      'an id of two lines',
      { ...defaultExpiryPolicy, id: 'a\n' },
      ['id: 1 to 64 letters, digits, dots, dashes or underscores'],
    ],
    [
      'another deadline role',
      { ...defaultExpiryPolicy, deadlineRole: 'proposer' },
      ['deadlineRole: either "awaited" or "requester"'],
    ],
    ['months', { ...defaultExpiryPolicy, maximumLead: 'P12M' }, [`maximumLead: ${durationFault}`]],
    ['fractions', { ...defaultExpiryPolicy, minimumNotice: 'PT1.5H' }, [`minimumNotice: ${durationFault}`]],
    ['a number', { ...defaultExpiryPolicy, minimumNotice: 3600 }, [`minimumNotice: ${durationFault}`]],
    [
      'an empty duration',
      { ...defaultExpiryPolicy, minimumNotice: 'P' },
      [`minimumNotice: ${durationFault}`],
    ],
    ['an empty time', { ...defaultExpiryPolicy, minimumNotice: 'P1DT' }, [`minimumNotice: ${durationFault}`]],
    [
      'a negative one',
      { ...defaultExpiryPolicy, minimumNotice: '-PT1H' },
      [`minimumNotice: ${durationFault}`],
    ],
    ['two lines', { ...defaultExpiryPolicy, minimumNotice: 'PT1H\n' }, [`minimumNotice: ${durationFault}`]],
    ['six digits', { ...defaultExpiryPolicy, maximumLead: 'P100000D' }, [`maximumLead: ${durationFault}`]],
    [
      'no notice at all',
      { ...defaultExpiryPolicy, minimumNotice: 'PT0S' },
      [
        'minimumNotice: has to be longer than zero',
        'rules[0].client: would put the deadline at or before the proposal for a lead of 0 h',
        'rules[0].client: would put the deadline at the start',
        'rules[0].coach: would put the deadline at or before the proposal for a lead of 0 h',
        'rules[0].coach: would put the deadline at the start',
      ],
    ],
    [
      'more notice than can be given',
      { ...defaultExpiryPolicy, maximumLead: 'PT59M59S' },
      ['maximumLead: has to be as long as minimumNotice or longer'],
    ],
    [
      'sessions of no length, and an upper bound below',
      { ...defaultExpiryPolicy, duration: { minimum: 'PT0S', maximum: 'PT0S' } },
      ['duration.minimum: has to be longer than zero'],
    ],
    [
      'an upper bound below the lower one',
      { ...defaultExpiryPolicy, duration: { minimum: 'PT2H', maximum: 'PT1H' } },
      ['duration.maximum: has to be as long as minimum or longer'],
    ],
    ['no rules', withRules(), ['rules: has to be a list of at least one']],
    [
      'rules that are no list',
      { ...defaultExpiryPolicy, rules: {} },
      ['rules: has to be a list of at least one'],
    ],
    [
      'a rule that is none',
      withRules(null, thirds, day, twoDays, threeDays),
      ['rules[0]: has to be an object'],
    ],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole in the list', { ...defaultExpiryPolicy, rules: [, thirds] }, ['rules[0]: has to be an object']],
    ['a gap', withRules(thirds, twoDays, threeDays), ['rules: gap, no rule for leads from 24 h to 48 h']],
    [
      'a gap at the shortest lead',
      withRules({ ...thirds, from: 'PT1H1S' }, day, twoDays, threeDays),
      [`rules: gap, no rule for leads from 1 h to ${3601 / 3600} h`],
    ],
    [
      'a gap at the longest lead, as `to` is exclusive',
      withRules(thirds, day, twoDays, { ...threeDays, to: 'P365D' }),
      ['rules: gap, no rule for leads from 8760 h to any length'],
    ],
    [
      'an overlap',
      withRules(thirds, { ...day, to: 'PT48H1S' }, twoDays, threeDays),
      ['rules: overlap, more than one rule for a lead of 48 h'],
    ],
    [
      'a rule within another one, and a gap after it',
      withRules({ ...thirds, to: 'PT72H' }, day, { ...threeDays, from: 'P4D' }),
      [
        'rules: overlap, more than one rule for a lead of 24 h',
        'rules: gap, no rule for leads from 72 h to 96 h',
      ],
    ],
    [
      'two rules without end',
      withRules(thirds, { ...day, to: undefined }, threeDays),
      ['rules: overlap, more than one rule for a lead of 72 h'],
    ],
    [
      'a rule that ends where it begins',
      withFirstRule({ to: 'PT0S' }),
      ['rules[0].to: has to be longer than from'],
    ],
    ['no cut-off', withFirstRule({ coach: {} }), ['rules[0].coach: either beforeStart or shareOfLead']],
    [
      'both kinds of cut-off',
      withFirstRule({ coach: { beforeStart: 'PT30M', shareOfLead: [1, 3] } }),
      ['rules[0].coach: either beforeStart or shareOfLead'],
    ],
    ...(
      [
        [1],
        [1, 2, 3],
        [0, 3],
        [3, 3],
        [-1, 3],
        [1.5, 3],
        ['1', 3],
        [1, 1001],
        [1, Infinity],
        '1/3',
        {},
      ] as const
    ).map((shareOfLead): [string, unknown, string[]] => [
      `a share of ${JSON.stringify(shareOfLead)}`,
      withFirstRule({ coach: { shareOfLead } }),
      [`rules[0].coach.shareOfLead: ${shareFault}`],
    ]),
    [
      'a deadline before the proposal',
      withRules(thirds, { ...day, coach: { beforeStart: 'PT32H' } }, twoDays, threeDays),
      ['rules[1].coach: would put the deadline at or before the proposal for a lead of 24 h'],
    ],
    [
      'a deadline at the very proposal',
      withRules(thirds, { ...day, client: { beforeStart: 'PT24H' } }, twoDays, threeDays),
      ['rules[1].client: would put the deadline at or before the proposal for a lead of 24 h'],
    ],
    [
      'a deadline before the proposal at the shortest notice',
      withFirstRule({ client: { beforeStart: 'PT1H' } }),
      ['rules[0].client: would put the deadline at or before the proposal for a lead of 1 h'],
    ],
    [
      'a deadline at the very proposal at the longest lead alone',
      withRules(
        thirds,
        day,
        twoDays,
        { ...threeDays, to: 'P365D' },
        { ...threeDays, from: 'P365D', coach: { beforeStart: 'P365D' } },
      ),
      ['rules[4].coach: would put the deadline at or before the proposal for a lead of 8760 h'],
    ],
    [
      'a deadline at the start',
      withFirstRule({ client: { beforeStart: 'PT0S' } }),
      ['rules[0].client: would put the deadline at the start'],
    ],
  ])('is refused for %s', (_what, document, faults) => {
    expect(faultsOf(document)).toStrictEqual(faults);
  });

  it('is refused with all its faults in one message', () => {
    expect(() => parseExpiryPolicy({ ...defaultExpiryPolicy, id: '', surprise: 1 })).toThrow(
      'The expiry policy is invalid:\n  - surprise: unknown\n  - id: 1 to 64',
    );
  });

  it('may have its rules in any order', () => {
    const shuffled = parseExpiryPolicy(withRules(twoDays, threeDays, thirds, day));
    for (const leadMs of [1 * hours, 24 * hours, 48 * hours, 72 * hours])
      expect(cutOffMs(leadMs, 'coach', shuffled)).toBe((leadMs * 2) / 3);
  });

  it.each<[string, unknown]>([
    [
      'a rule that ends at the shortest lead',
      withRules(
        { ...thirds, to: 'PT1H', client: { beforeStart: 'PT9H' } },
        { ...thirds, from: 'PT1H' },
        day,
        twoDays,
        threeDays,
      ),
    ],
    ['a gap up to the shortest lead', withFirstRule({ from: 'PT1H' })],
    [
      'a gap below the shortest lead',
      withRules({ ...thirds, to: 'PT10M' }, { ...thirds, from: 'PT30M' }, day, twoDays, threeDays),
    ],
    [
      'a gap above the longest lead',
      withRules(thirds, day, twoDays, { ...threeDays, to: 'P366D' }, { ...threeDays, from: 'P400D' }),
    ],
  ])('may say what it likes where no proposal can be: %s', (_what, document) => {
    expect(faultsOf(document)).toStrictEqual([]);
  });

  it('survives being written down and read again', () => {
    expect(faultsOf(JSON.parse(JSON.stringify(defaultExpiryPolicy)))).toStrictEqual([]);
  });

  describe('whatever it says, is refused or puts every deadline after the proposal and before the start', () => {
    const duration = fc.oneof(
      fc.integer({ min: 0, max: 100 }).map((n) => `PT${n}H`),
      fc.integer({ min: 0, max: 90 }).map((n) => `PT${n}M`),
      fc.integer({ min: 0, max: 99_999 }).map((n) => `PT${n}S`),
      fc.integer({ min: 0, max: 99_999 }).map((n) => `P${n}D`),
    );
    const cutOff = fc.oneof(
      duration.map((beforeStart) => ({ beforeStart })),
      fc
        .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
        .map((shareOfLead) => ({ shareOfLead })),
    );
    /** Rules that touch, from zero to no end. */
    const rules = fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 4 }),
        fc.array(fc.tuple(cutOff, cutOff), { minLength: 5, maxLength: 5 }),
      )
      .map(([bounds, cutOffs]) => {
        const edges = [0, ...bounds.sort((a, b) => a - b)].map((h) => `PT${h}H`);
        return edges.map((from, i) => ({
          from,
          ...(edges[i + 1] && { to: edges[i + 1] }),
          client: cutOffs[i]?.[0],
          coach: cutOffs[i]?.[1],
        }));
      });
    const plausible = fc.record({
      id: fc.constant('fuzzed'),
      deadlineRole: fc.constantFrom('awaited', 'requester'),
      minimumNotice: duration,
      maximumLead: fc.oneof(duration, fc.constantFrom('P365D', 'P99999DT99999H99999M99999S')),
      duration: fc.constant({ minimum: 'PT15M', maximum: 'PT8H' }),
      rules,
    });
    const paths = ['id', 'deadlineRole', 'minimumNotice', 'maximumLead', 'duration', 'rules'];
    const broken = fc
      .tuple(
        plausible,
        fc.constantFrom(...paths),
        fc.anything({ withSparseArray: true, withNullPrototype: true }),
      )
      .map(([document, name, value]) => ({ ...document, [name]: value }));
    const wrongRule = fc
      .tuple(plausible, fc.nat({ max: 4 }), fc.constantFrom('from', 'to', 'client', 'coach'), fc.anything())
      .map(([document, i, name, value]) => ({
        ...document,
        rules: document.rules.map((rule, j) => (i === j ? { ...rule, [name]: value } : rule)),
      }));

    const roles = ['client', 'coach'] as const;
    const holds = (document: unknown, share: number): boolean => {
      let parsed: ExpiryPolicy;
      try {
        parsed = parseExpiryPolicy(document);
      } catch (error) {
        if (!(error instanceof InvalidExpiryPolicy)) throw error;
        expect(error.faults.length).toBeGreaterThan(0);
        return false;
      }
      const { minimumNoticeMs: least, maximumLeadMs: most, rules: compiled } = parsed;
      const edges = compiled.flatMap(({ fromMs }) => [fromMs - 1, fromMs, fromMs + 1]);
      const leads = [least, least + 1, most - 1, most, Math.floor(least + share * (most - least)), ...edges];
      for (const leadMs of leads.filter((ms) => ms >= least && ms <= most))
        for (const awaiting of roles)
          for (const requestedBy of roles) {
            const cutOff = cutOffMs(leadMs, awaiting, parsed, requestedBy);
            expect(cutOff).toBeGreaterThan(0);
            expect(cutOff).toBeLessThan(leadMs);
          }
      return true;
    };

    it('for plausible documents, of which many are kept and many refused', () => {
      let kept = 0;
      let refused = 0;
      fc.assert(
        fc.property(plausible, fc.double({ min: 0, max: 1, noNaN: true }), (document, share) => {
          if (holds(document, share)) kept += 1;
          else refused += 1;
        }),
        { numRuns: 2000 },
      );
      expect(kept).toBeGreaterThan(50);
      expect(refused).toBeGreaterThan(50);
    });

    it('for documents with a broken place', () => {
      fc.assert(
        fc.property(fc.oneof(broken, wrongRule), (document) => {
          holds(document, 0.5);
        }),
        { numRuns: 2000 },
      );
    });

    it('for anything at all', () => {
      fc.assert(
        fc.property(fc.anything({ withSparseArray: true, withNullPrototype: true }), (document) => {
          expect(holds(document, 0.5)).toBe(false);
        }),
        { numRuns: 500 },
      );
    });
  });
});
