import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  anna,
  chloe,
  dayMs,
  kenji,
  startGateway,
  type GatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { Arriving } from './arriving.ts';

let gateway: GatewayUnderTest;
let tokens: Readonly<Record<string, string>>;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  gateway = await startGateway({
    override: (dependencies) => ({
      ...dependencies,
      protection: {
        // So that two of one sender may be arriving.
        overload: { requests: 20, commands: 20, delayMs: 10_000 },
        trustedProxies: ['127.0.0.1'],
      },
    }),
  });
  await gateway.app.listen(0, '127.0.0.1');
  tokens = { [chloe.id]: await gateway.token(chloe.id), [kenji.id]: await gateway.token(kenji.id) };
  // Tokens that are known are admitted without a pause, so that whoever comes first is first.
  for (const participant of [chloe, kenji])
    expect((await gateway.as(participant).get('/me')).status).toBe(200);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

interface Sender {
  readonly participant?: typeof chloe;
  readonly address: string;
}

const headOf = ({ participant, address }: Sender, body: string, path = '/api/v1/session-requests'): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    `X-Forwarded-For: ${address}`,
    ...(participant ? [`Authorization: Bearer ${tokens[participant.id] ?? ''}`] : []),
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ].join('\r\n');

const send = (text: string): { socket: Socket; status: (not?: string) => Promise<string> } => {
  const { port } = gateway.app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  sockets.push(socket);
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString()));
  socket.on('error', () => undefined);
  /** The first status that is not this one. */
  const status = async (not = ''): Promise<string> => {
    for (;;) {
      const found = [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].find(([, code]) => code !== not)?.[1];
      if (found !== undefined) return found;
      await once(socket, 'data');
    }
  };
  return { socket, status };
};

/** Sends the head, and of the body nothing; the server says that it is waiting for it, or what it answers instead. */
const begin = async (sender: Sender, body = '{}', path?: string) => {
  const sent = send(`${headOf(sender, body, path)}\r\nExpect: 100-continue\r\n\r\n`);
  expect(await sent.status()).toBe('100');
  return { ...sent, finish: () => sent.socket.write(body), answer: () => sent.status('100') };
};

describe('what does not arrive', () => {
  it('holds a tenth of all places for a participant, wherever it comes from', async () => {
    const held = [
      await begin({ participant: chloe, address: '192.0.2.1' }),
      await begin({ participant: chloe, address: '192.0.2.2' }),
    ];
    const refused = await begin({ participant: chloe, address: '192.0.2.3' });
    expect(await refused.answer()).toBe('429');
    await once(refused.socket, 'close');
    // What is whole is served, and so is everybody else, from the same addresses.
    expect((await gateway.as(chloe).get('/me')).status).toBe(200);
    const other = await begin({ participant: kenji, address: '192.0.2.1' });
    other.finish();
    expect(await other.answer()).toBe('400');
    // Their places are free again when it has arrived.
    held[0]?.finish();
    expect(await held[0]?.answer()).toBe('400');
    const next = await begin({ participant: chloe, address: '192.0.2.3' });
    next.finish();
    expect(await next.answer()).toBe('400');
  });

  it('holds nothing for whoever has left, also before it counted', () => {
    const arriving = new Arriving(1);
    const begins = () => {
      const request = { complete: false, destroyed: false };
      const response = new EventEmitter();
      const mayArrive = arriving.begin(request as IncomingMessage, response as ServerResponse, ['chloe']);
      return { request, response, mayArrive };
    };
    const first = begins();
    expect([first.mayArrive, begins().mayArrive]).toEqual([true, false]);
    first.response.emit('close');
    const second = begins();
    expect([second.mayArrive, begins().mayArrive]).toEqual([true, false]);
    second.request.destroyed = true; // and its response was closed before it was asked about
    expect([begins().mayArrive, begins().mayArrive]).toEqual([true, false]);
  });

  it('holds as much for an address, whoever asks, and whatever for', async () => {
    const nobody = { address: '192.0.2.9' };
    await begin(nobody, '{}', '/nothing');
    await begin(nobody, '{}', '/nothing');
    expect(await (await begin(nobody, '{}', '/nothing')).answer()).toBe('429');
    expect(await (await begin({ participant: chloe, address: '192.0.2.9' })).answer()).toBe('429');
    const elsewhere = await begin({ participant: chloe, address: '192.0.2.8' });
    elsewhere.finish();
    expect(await elsewhere.answer()).toBe('400');
  });
});

it('what comes whole counts for nothing, however much of it comes at once', async () => {
  const all = Array.from({ length: 12 }, (_, index) => {
    const body = JSON.stringify({ with: anna.id, ...gateway.slotIn((7 + index) * dayMs) });
    return send(`${headOf({ participant: chloe, address: '192.0.2.1' }, body)}\r\n\r\n${body}`);
  });
  expect(await Promise.all(all.map(({ status }) => status()))).toEqual(all.map(() => '201'));
});
