import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsMediaType, type Telemetry } from '@hse/telemetry';
import type { HealthWatch } from './health.ts';
import type { UnderWay } from './under-way.ts';
import { missing, type ReadinessCheck } from './readiness.ts';

/** Tells an orchestrator how a process is. */
export interface HealthServer {
  /** The one it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/** Whether a process goes on by itself; what else is away makes no difference. */
export const alive = (underWay: Pick<UnderWay, 'stalled'> | undefined): [status: number, body: object] => {
  const stalled = underWay?.stalled();
  if (!stalled) return [200, { status: 'ok' }];
  const detail = `${stalled.name} has made no progress for ${Math.round(stalled.ms / 1_000)} s.`;
  return [503, { title: 'Stalled', status: 503, code: 'not-ready', detail }];
};

/**
 * Serves `GET /livez`, 200 as long as the process answers and goes on by itself, and `GET /readyz`, 200 when nothing that is needed is missing and 503 with the checks
 * otherwise, for processes that serve nothing else over HTTP and while others start; with telemetry, `GET /metrics` for Prometheus; and
 * `GET /health`, everything that is known of what it depends on. What else is
 * asked for is not found; while a check fails nobody can know that, and the answer is 503, too.
 *
 * @throws what listening throws, such as EADDRINUSE.
 */
export const startHealthServer = async ({
  port,
  host,
  checks,
  telemetry,
  health,
  underWay,
}: {
  /** 0 takes a free one. */
  port: number;
  host: string;
  checks: () => Promise<readonly ReadinessCheck[]>;
  /** Absent where metrics are none of the asker's business. */
  telemetry?: Pick<Telemetry, 'metrics'>;
  /** Absent where details are none of the asker's business. */
  health?: HealthWatch;
  /** Default: nothing ever stalls. */
  underWay?: Pick<UnderWay, 'stalled'>;
}): Promise<HealthServer> => {
  type Answer = [status: number, body: object | string];
  const readyOr = async (answer: (all: readonly ReadinessCheck[]) => Answer): Promise<Answer> => {
    const all = await checks();
    const failed = missing(all);
    if (failed.length === 0) return answer(all);
    const detail = `Not ready: ${failed.join(', ')}.`;
    return [503, { title: 'Not ready', status: 503, code: 'not-ready', detail, checks: all }];
  };
  const notFound: Answer = [
    404,
    {
      title: 'Not found',
      status: 404,
      code: 'not-found',
      detail: `There are /livez${telemetry ? ', /readyz and /metrics' : ' and /readyz'}.`,
    },
  ];
  const answerTo = async (method?: string, url?: string): Promise<Answer> => {
    if (method === 'GET' && url === '/livez') return alive(underWay);
    if (health && method === 'GET' && url === '/health') return [200, await health.report()];
    if (telemetry && method === 'GET' && url === '/metrics') return [200, await telemetry.metrics()];
    if (method === 'GET' && url === '/readyz')
      return readyOr((all) => [200, { status: 'ready', checks: all }]);
    return readyOr(() => notFound);
  };
  const server = createServer((request, response) => {
    const reply = (status: number, body: object | string): void => {
      const isText = typeof body === 'string';
      const json = status < 400 ? 'application/json' : 'application/problem+json';
      response
        .writeHead(status, {
          'content-type': isText ? metricsMediaType : json,
          'cache-control': 'no-store',
          connection: 'close',
        })
        .end(isText ? body : JSON.stringify(body));
    };
    answerTo(request.method, request.url).then(
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
