import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReadinessCheck } from './readiness.ts';

/** Tells an orchestrator how a process is. */
export interface HealthServer {
  /** The one it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `GET /livez`, 200 as long as the process answers, and `GET /readyz`, 200 when all checks are ok and 503 with the checks
 * otherwise, for processes that serve nothing else over HTTP and while others start.
 *
 * @throws what listening throws, such as EADDRINUSE.
 */
export const startHealthServer = async ({
  port,
  host,
  checks,
}: {
  /** 0 takes a free one. */
  port: number;
  host: string;
  checks: () => Promise<readonly ReadinessCheck[]>;
}): Promise<HealthServer> => {
  const answers: Record<string, () => Promise<[status: number, body: object]>> = {
    '/livez': async () => [200, { status: 'ok' }],
    '/readyz': async () => {
      const all = await checks();
      const failed = all.filter(({ ok }) => !ok).map(({ name }) => name);
      if (failed.length === 0) return [200, { status: 'ready', checks: all }];
      const detail = `Not ready: ${failed.join(', ')}.`;
      return [503, { title: 'Not ready', status: 503, code: 'not-ready', detail, checks: all }];
    },
  };
  const server = createServer((request, response) => {
    const reply = (status: number, body: object): void => {
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response
        .writeHead(status, { 'content-type': type, 'cache-control': 'no-store', connection: 'close' })
        .end(JSON.stringify(body));
    };
    const answer = answers[request.url ?? ''];
    if (request.method !== 'GET' || !answer) {
      reply(404, {
        title: 'Not found',
        status: 404,
        code: 'not-found',
        detail: 'There are /livez and /readyz.',
      });
      return;
    }
    answer().then(
      ([status, body]) => reply(status, body),
      (error: unknown) =>
        reply(503, { title: 'Not ready', status: 503, code: 'not-ready', detail: String(error) }),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
