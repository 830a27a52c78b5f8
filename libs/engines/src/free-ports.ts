import { createServer } from 'node:net';

// Below the ports that systems give to outgoing connections, one of which could take it before the server does.
const lowest = 20_000;
const highest = 32_000;

/** Ports of 127.0.0.1 that are free now, drawn at random so that processes that ask at the same time get others. */
export const freePorts = async (count: number): Promise<number[]> => {
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
};

/** Whether a server could listen on this port of 127.0.0.1 now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
