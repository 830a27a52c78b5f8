import { expect, it } from '@jest/globals';
import { freePorts } from './free-ports.ts';

it('gives no port twice, however many ask at the same time', async () => {
  const ports = (await Promise.all(Array.from({ length: 300 }, () => freePorts(2)))).flat();
  expect(new Set(ports).size).toBe(600);
});

it('gives other ports to each worker that runs beside it', async () => {
  const own = process.env['JEST_WORKER_ID'];
  try {
    const ofWorkers: number[][] = [];
    for (const worker of ['1', '2', '3']) {
      process.env['JEST_WORKER_ID'] = worker;
      ofWorkers.push(await freePorts(20));
    }
    const [one = [], two = [], three = []] = ofWorkers;
    expect(Math.max(...one)).toBeLessThan(Math.min(...two));
    expect(Math.max(...two)).toBeLessThan(Math.min(...three));
  } finally {
    process.env['JEST_WORKER_ID'] = own;
  }
});
