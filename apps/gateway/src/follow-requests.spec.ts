import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { anna, chloe, dayMs, startGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
const line =
  (level: string) =>
  (fields: object, message: string): void => {
    lines.push({ level, message, fields: { ...fields } });
  };
const logger: Logger = {
  debug: line('debug'),
  info: line('info'),
  warn: line('warn'),
  error: line('error'),
};

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

let gateway: GatewayUnderTest;
let fault: Error | undefined;
beforeAll(async () => {
  gateway = await startGateway({
    logger,
    override: (dependencies) => ({
      ...dependencies,
      bus: {
        execute: (envelope) => (fault ? Promise.reject(fault) : dependencies.bus.execute(envelope)),
      },
    }),
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  lines.length = 0;
});

const ask = (headers: Record<string, string> = {}) =>
  gateway
    .as(chloe)
    .post('/session-requests', { body: { with: anna.id, ...gateway.slotIn(7 * dayMs) }, headers });
const commandLines = () => lines.filter(({ level }) => level === 'info');

describe('the id of a request', () => {
  it('is taken from its header, answered, logged, and common to all that it sets off', async () => {
    const answer = await ask({ 'x-request-id': 'a1b2c3d4-from-the-proxy' });
    expect(answer.headers['x-request-id']).toBe('a1b2c3d4-from-the-proxy');
    expect((await gateway.log()).at(-1)?.metadata.correlationId).toBe('a1b2c3d4-from-the-proxy');
    expect(commandLines()).toMatchObject([{ fields: { httpRequestId: 'a1b2c3d4-from-the-proxy' } }]);
  });

  it.each([
    'short',
    'chloe@example.org',
    'two words',
    'x'.repeat(65),
    'header.payload.signature',
    'é'.repeat(10),
  ])('is a new one where the header cannot be used: %s', async (given) => {
    const answer = await ask({ 'x-request-id': given });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(JSON.stringify(lines)).not.toContain(given);
  });

  it('is in the answer also where nobody is let in', async () => {
    const answer = await gateway.fastify.inject({
      url: '/api/v1/me',
      headers: { 'x-request-id': 'who-is-there' },
    });
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([401, 'who-is-there']);
  });
});

describe('a traceparent', () => {
  it('is handed on also where nothing is traced', async () => {
    await ask({ traceparent, tracestate: 'vendor=private', baggage: 'user=private' });
    const event = (await gateway.log()).at(-1);
    expect(event?.metadata.traceparent).toBe(traceparent);
    expect(JSON.stringify(event)).not.toContain('private');
    expect(commandLines()).toMatchObject([{ fields: { traceId } }]);
  });

  it.each([
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-b7ad6b7169203331-01, 00-${traceId}-b7ad6b7169203331-01`,
    `ff-${traceId}-b7ad6b7169203331-01`,
    '${jndi:ldap://example.org}',
    'x'.repeat(4_000),
  ])('that is none is left alone: %.40s', async (given) => {
    expect((await ask({ traceparent: given })).status).toBe(201);
    expect((await gateway.log()).at(-1)?.metadata).not.toHaveProperty('traceparent');
    expect(commandLines()[0]?.fields).not.toHaveProperty('traceId');
  });
});

describe('the line of a command', () => {
  it('says with which code it was refused by the rules, by the form of the request, and of a repeat', async () => {
    const { body } = await ask();
    const path = `/session-requests/${body.id}/accept`;
    await gateway.as(chloe).post(path, { revision: 0 });
    await gateway.as(anna).post(path);
    const repeat = { body: { with: chloe.id }, headers: { 'idempotency-key': 'twice' } };
    await gateway.as(chloe).post('/session-requests', repeat);
    await gateway.as(anna).post(path, { revision: 7, headers: { 'idempotency-key': 'again' } });
    await gateway.as(anna).post(path, { revision: 7, headers: { 'idempotency-key': 'again' } });
    expect(commandLines().map(({ message }) => message)).toEqual([
      'RequestSession recorded',
      'AcceptSession refused: not-awaited',
      'POST /api/v1/session-requests/:id/accept refused: if-match-required',
      'POST /api/v1/session-requests refused: invalid-request',
      'AcceptSession refused: conflict',
      'POST /api/v1/session-requests/:id/accept refused: conflict',
    ]);
    expect(commandLines().map(({ fields }) => [fields['status'], fields['outcome'], fields['code']])).toEqual(
      [
        [201, 'recorded', undefined],
        [403, 'not-awaited', 'not-awaited'],
        [428, undefined, 'if-match-required'],
        [400, undefined, 'invalid-request'],
        [412, 'conflict', 'conflict'],
        [412, undefined, 'conflict'],
      ],
    );
  });

  it('comes with one that says why, where it failed', async () => {
    fault = new StoreUnavailable('disk full', 'not-written', 'full');
    const answer = await ask({ 'x-request-id': 'full-disk' });
    fault = undefined;
    expect(answer.status).toBe(507);
    expect(answer.body).toMatchObject({ code: 'storage-full', httpRequestId: 'full-disk' });
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: { code: 'storage-full', httpRequestId: 'full-disk', err: { message: 'disk full' } },
      },
      {
        level: 'info',
        message: 'RequestSession failed: storage-full',
        fields: { outcome: 'storage-full', status: 507, httpRequestId: 'full-disk' },
      },
    ]);
  });
});
