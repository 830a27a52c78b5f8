import { connect, type AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chloe, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
let server: Server;
let authorization: string;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.app.listen(0, '127.0.0.1');
  server = gateway.app.getHttpServer();
  authorization = `Authorization: Bearer ${await gateway.token(chloe.id)}`;
});
afterAll(() => gateway.close());

/** What a connection gets that sends this, until the server closes it. */
const raw = (text: string, to = server): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect((to.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });

const post = (body: string, headers: string[] = []): Promise<string> =>
  raw(
    [
      'POST /api/v1/session-requests HTTP/1.1',
      'Host: x',
      authorization,
      'Content-Type: application/json',
      'Connection: close',
      ...headers,
      '',
      body,
    ].join('\r\n'),
  );

describe('what is too large', () => {
  it('is refused by what it says of itself, before it is read', async () => {
    expect(await post('{', ['Content-Length: 10000000'])).toMatch(
      /^HTTP\/1\.1 413 [^]*"code":"body-too-large"/,
    );
  });

  it('is refused where it comes in pieces and says nothing of itself', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    expect(await post(`${chunk}${chunk}0\r\n\r\n`, ['Transfer-Encoding: chunked'])).toMatch(
      /^HTTP\/1\.1 413 /,
    );
  });

  it.each([
    ['one long header', `X-Long: ${'x'.repeat(20_000)}`],
    ['many headers', Array.from({ length: 1_500 }, (_, index) => `X-${index}: some-value`).join('\r\n')],
  ])('as %s is refused', async (_what, headers) => {
    expect(await raw(`GET /livez HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [^]*x-content-type-options: nosniff\r\n[^]*"code":"headers-too-large"/,
    );
  });

  it('as an address is refused', async () => {
    expect(await raw(`GET /api/v1/me?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it('by depth is answered as anything that is not of its shape', async () => {
    const deep = `{"with":${'['.repeat(8_000)}${']'.repeat(8_000)}}`;
    expect(await post(deep, [`Content-Length: ${deep.length}`])).toMatch(
      /^HTTP\/1\.1 400 [^]*"code":"invalid-request"/,
    );
  });
});

describe('what is ambiguous', () => {
  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a length and pieces', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['a length that is no number', 'Content-Length: two'],
  ])('as %s is refused: whoever is in between may read it otherwise', async (_what, headers) => {
    expect(await post('{}', [headers])).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('what is too slow', () => {
  it('has 30 s to arrive, headers and body, and idle connections little more', () => {
    expect(server).toMatchObject({
      requestTimeout: 30_000,
      headersTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
    });
    expect(server.keepAliveTimeout).toBeLessThanOrEqual(75_000);
  });

  it.each([
    ['body', 'POST /api/v1/session-requests HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'],
    ['head', 'POST /api/v1/session-requests HTTP/1.1\r\nHost: x\r\nContent-Le'],
  ])('is told so, and cut off: a %s that does not come', async (_what, text) => {
    const impatient = await startGateway({ requestTimeoutMs: 300 });
    await impatient.app.listen(0, '127.0.0.1');
    const known = `${authorization}\r\nContent-Type: application/json\r\nHost: x`;
    const answer = await raw(text.replace('Host: x', known), impatient.app.getHttpServer());
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request-timeout"/);
    await impatient.close();
  });
});
