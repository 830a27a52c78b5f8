import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * Passes connections on to ports of this machine in turn, as a Service of Kubernetes does: whoever is connected stays where they are,
 * also when that port is not offered to new connections any more.
 */
export interface Balancer {
  readonly url: string;
  /** From now on it is one of those that get new connections. */
  add(port: number): void;
  /** New connections go elsewhere. */
  remove(port: number): void;
  close(): Promise<void>;
}

export const startBalancer = async (): Promise<Balancer> => {
  const ports = new Set<number>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const port = [...ports][turn++ % ports.size];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const target = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => sockets.delete(socket));
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (port) => ports.add(port),
    remove: (port) => ports.delete(port),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
