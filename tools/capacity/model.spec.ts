import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keptCosts, processes, type ProcessName, type UnitCosts } from './costs.ts';
import { plan, storeOverheadBytes } from './model.ts';
import { defaultParameters, type Parameters } from './parameters.ts';

const each = (value: number): Record<ProcessName, number> =>
  Object.fromEntries(processes.map((name) => [name, value])) as Record<ProcessName, number>;

/** Round numbers, to calculate with by hand. */
const costs: UnitCosts = {
  measured: { at: '', machine: '', node: '', load: [0, 0], eventStore: 'stand-in', runs: 1 },
  cpuMs: { idle: each(1), command: each(2), query: each(1), deadline: each(4) },
  bytes: {
    event: 1_000 - storeOverheadBytes,
    kafkaPerEvent: 500,
    readModelPerRequest: 800,
    notificationsPerEvent: 400,
    deadlinePerRequest: 200,
    idempotencyPerCommand: 1_000,
    mongodbOnDisk: 0.5,
  },
  memory: {
    instance: { gateway: 2e8, requests: 2e8, expiry: 1e8, notifications: 1e8 },
    liveConnection: 20_000,
  },
};
/** A day that is as busy in each of its seconds, and one request in each of them. */
const even: Parameters = {
  ...defaultParameters,
  participants: 86_400,
  requestsPerDay: 86_400,
  roundsPerRequest: 1,
  unansweredShare: 0.5,
  pagesPerParticipantDay: 10,
  peakFactor: 1,
  replicas: 3,
  retentionDays: 10,
  kafkaRetentionDays: 2,
};

describe('the capacity model', () => {
  it('counts what happens in the busiest second', () => {
    expect(plan(costs, even).peak).toEqual({
      commands: 1.5, // the request, and half an answer
      events: 2,
      deadlines: 0.5,
      pages: 10,
      writes: 11, // four for each event, two for each command
    });
    expect(plan(costs, { ...even, peakFactor: 3 }).peak).toMatchObject({ commands: 4.5, events: 6 });
  });

  it('adds up the CPU of commands, deadlines and pages', () => {
    // 1.5 × 2 ms + 0.5 × 4 ms + 10 × 1 ms
    expect(plan(costs, even).cores.gateway).toBeCloseTo(0.015);
  });

  it('takes whole instances, one of them to spare, and never fewer than two', () => {
    expect(plan(costs, even).instances.requests).toBe(2);
    // 0.015 cores a thousand times; 60 % of 25 are 15.
    expect(plan(costs, { ...even, peakFactor: 1_000 }).instances.requests).toBe(26);
    expect(plan(costs, { ...even, participants: 1e6, pagesPerParticipantDay: 0 }).instances.gateway).toBe(11);
  });

  it('has room for what is kept, in every copy', () => {
    const { disks } = plan(costs, even);
    const eventsPerDay = 2 * 86_400;
    expect(disks.eventstoredb.bytesPerDay).toBe(eventsPerDay * 1_000 * 3);
    expect(disks.eventstoredb.bytes).toBe(disks.eventstoredb.bytesPerDay * 10);
    expect(disks.kafka.bytes).toBe(eventsPerDay * 500 * 3 * 2);
    expect(disks.mongodb.bytesPerDay).toBe((86_400 * 1_000 + eventsPerDay * 400) * 0.5 * 3);
    // The keys of one day come on top.
    expect(disks.mongodb.bytes - disks.mongodb.bytesPerDay * 10).toBeCloseTo(1.5 * 86_400 * 1_000 * 0.5 * 3);
  });

  it('says what is reached first, and a plan at that size still needs one of it and at the double two', () => {
    const soon = { ...defaultParameters, retentionDays: 1 };
    const [first] = plan(costs, soon).limits;
    expect(first?.what).toBe('MongoDB: writes of the primary of one replica set');
    const requestsPerDay = Math.floor(first?.requestsPerDay ?? 0);
    const shardsAt = (size: number): number => plan(costs, { ...soon, requestsPerDay: size }).mongoShards;
    expect([shardsAt(requestsPerDay), shardsAt(requestsPerDay * 2)]).toEqual([1, 2]);
  });

  it('never needs less of anything for more', () => {
    const growing = [
      'participants',
      'requestsPerDay',
      'roundsPerRequest',
      'peakFactor',
      'liveShare',
    ] as const;
    const size = fc.double({ min: 1, max: 1e9, noNaN: true });
    const needed = (parameters: Parameters): number[] => {
      const { instances, partitions, eventStoreClusters, mongoShards, disks } = plan(keptCosts(), parameters);
      return [
        ...Object.values(instances),
        partitions,
        eventStoreClusters,
        mongoShards,
        ...Object.values(disks).map(({ bytes }) => bytes),
      ];
    };
    fc.assert(
      fc.property(
        size,
        fc.constantFrom(...growing),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (n, what, factor) => {
          const before = { ...defaultParameters, participants: n, requestsPerDay: n / 5 };
          const after = needed({ ...before, [what]: before[what] * factor });
          needed(before).forEach((value, index) => expect(after[index]).toBeGreaterThanOrEqual(value));
        },
      ),
    );
  });

  it('goes by a measurement that says where and when it was made', () => {
    const { measured, cpuMs, bytes } = keptCosts();
    expect(measured.machine).not.toBe('');
    expect(Number.isNaN(Date.parse(measured.at))).toBe(false);
    for (const value of [cpuMs.command.gateway, cpuMs.command.requests, ...Object.values(bytes)])
      expect(value).toBeGreaterThan(0);
  });
});
