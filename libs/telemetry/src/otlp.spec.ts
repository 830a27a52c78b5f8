import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { otlpSpans } from './otlp.ts';
import { createTelemetry } from './telemetry.ts';

let collector: Server;
let unanswered: ServerResponse[] = [];
afterEach(async () => {
  // A refusal, which is not tried again.
  await Promise.all(unanswered.map((response) => once(response.writeHead(400).end(), 'close')));
  unanswered = [];
  collector.closeAllConnections();
  collector.close();
});

/** @returns its URL. */
const collect = async (answers: (path: string, body: Buffer) => boolean): Promise<string> => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (answers(String(request.url), Buffer.concat(chunks))) response.end();
      else unanswered.push(response);
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  return `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
};

describe('spans sent by OTLP', () => {
  it('are all sent when the process ends, also below a path', async () => {
    const received: [path: string, body: Buffer][] = [];
    const url = await collect((...request) => received.push(request) > 0);
    const telemetry = createTelemetry({ service: 'test-service', spans: otlpSpans(`${url}/tenant/`) });
    telemetry.tracer.startSpan('the only one').end();
    await telemetry.close();
    expect(received.map(([path]) => path)).toEqual(['/tenant/v1/traces']);
    for (const text of ['test-service', 'the only one']) expect(received[0]?.[1].toString()).toContain(text);
  });

  it('do not hold up the end of the process where nobody takes them', async () => {
    const url = await collect(() => false);
    const telemetry = createTelemetry({ service: 'test', spans: otlpSpans(url) });
    telemetry.tracer.startSpan('one').end();
    const began = performance.now();
    await telemetry.close();
    expect(performance.now() - began).toBeLessThan(5_000); // two seconds, on a machine that is busy; the exporter alone takes ten
  });
});
