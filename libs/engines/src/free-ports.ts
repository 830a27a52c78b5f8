import { createServer } from 'node:net';

// Below the ports that systems give to outgoing connections, one of which could take it before the server does.
const lowest = 20_000;
const highest = 32_000;
/** Processes that draw from ports of their own. */
const bands = 8;
const width = (highest - lowest) / bands;

const given = new Set<number>();

/**
 * Ports of 127.0.0.1 that are free now, drawn at random. Nobody listens on them yet, so no port is given twice in a process, and
 * workers of jest, which run at the same time, draw from different ones.
 */
export const freePorts = async (count: number): Promise<number[]> => {
  const first = lowest + (Number(process.env['JEST_WORKER_ID'] ?? 0) % bands) * width;
  const found: number[] = [];
  while (found.length < count) {
    if (given.size > width / 2) given.clear(); // the first of them have long been listened on, or are not needed any more
    const port = first + Math.floor(Math.random() * width);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) found.push(port);
  }
  return found;
};

/** Whether a server could listen on this port of 127.0.0.1 now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
