import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemTable, type ProblemCode } from '@hse/contracts/http';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { CompactSign, exportSPKI, generateKeyPair, importJWK, UnsecuredJWT } from 'jose';
import { IssuerUnavailable } from './oidc/access-tokens.ts';
import {
  anna,
  answered,
  audience,
  chloe,
  dayMs,
  forgedToken,
  issuer,
  kenji,
  signingKeys,
  startGateway,
  startOfTime,
  type Answered,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

interface Logged {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

let gateway: GatewayUnderTest;
let fault: Error | undefined;
let findFault: Error | undefined;
const logged: Logged[] = [];
const log =
  (level: string) =>
  (fields: object, message: string): void => {
    logged.push({ level, fields, message });
  };
const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };

beforeAll(async () => {
  gateway = await startGateway({
    logger,
    fault: ({ kind, moment }) => (kind === 'append' && moment === 'before' ? fault : undefined),
    override: (dependencies) => ({
      ...dependencies,
      queries: Object.assign(Object.create(dependencies.queries) as typeof dependencies.queries, {
        find: async (id: string) => {
          if (findFault) throw findFault;
          return dependencies.queries.find(id);
        },
      }),
    }),
  });
});
afterAll(() => gateway.close());

const inject = async (options: InjectOptions): Promise<Answered> =>
  answered(await gateway.fastify.inject(options));

const seen = new Set<string>();

/** The answer is the problem that the table says, and nothing else. */
const expectProblem = (answer: Answered, code: ProblemCode): void => {
  const { status, title } = problemTable[code];
  expect([answer.status, answer.headers['content-type']]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  expect(answer.body).toMatchObject({
    type: `/api/problems#${code}`,
    title,
    status,
    code,
    detail: expect.stringMatching(/.\.$/),
  });
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\bat .*\(/);
  seen.add(code);
};

describe('an access token', () => {
  const me = (authorization?: string): Promise<Answered> =>
    inject({ url: '/api/v1/me', ...(authorization !== undefined && { headers: { authorization } }) });

  it('is needed on every route of the API, and on none beside it', async () => {
    for (const [method, url] of [
      ['GET', '/api/v1/me'],
      ['GET', '/%61pi/v1/me'],
      ['HEAD', '/api/v1/me'],
      ['GET', '/api/v1/participants'],
      ['POST', '/api/v1/session-requests'],
      ['GET', '/api/v1/session-requests'],
      ['GET', '/api/v1/session-requests/x'],
      ['GET', '/api/v1/session-requests/x/history'],
      ['POST', '/api/v1/session-requests/x/accept'],
      ['POST', '/api/v1/session-requests/x/reject'],
      ['POST', '/api/v1/session-requests/x/adjust'],
      ['POST', '/api/v1/session-requests/x/cancel'],
      ['GET', '/api/v1/pending-actions'],
      ['GET', '/api/v1/notifications'],
      ['POST', '/api/v1/notifications/read'],
      ['GET', '/api/v1/live'],
      ['GET', '/api/v1/clock'],
      ['POST', '/api/v1/clock/advance'],
    ] as const) {
      const answer = await inject({ method, url });
      expect([method, url, answer.status]).toEqual([method, url, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="session-requests"');
      if (method !== 'HEAD') expectProblem(answer, 'unauthenticated');
    }
    for (const url of ['/livez', '/readyz', '/api/docs', '/api/openapi.json', '/api/problems'])
      expect([url, (await inject({ url })).status]).toEqual([url, 200]);
  });

  it('is taken when the issuer signed it for this API', async () => {
    expect((await me(`Bearer ${await forgedToken()}`)).status).toBe(200);
    expect((await me(`bearer ${await forgedToken({ claims: { aud: ['other', audience] } })}`)).status).toBe(
      200,
    );
  });

  it('is refused when it is forged, altered, not yet or no longer valid, or meant for somebody else', async () => {
    const { keys } = await signingKeys();
    const [jwk] = keys;
    const stranger = (await generateKeyPair('RS256')).privateKey;
    const publicPem = await exportSPKI(
      await importJWK({ kty: 'RSA', n: jwk!.n!, e: jwk!.e! }, 'RS256', { extractable: true }),
    );
    const good = await forgedToken();
    const [header = '', payload = '', signature = ''] = good.split('.');
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, aud: audience, sub: chloe.id, exp: now + 600 };
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: anna.id })).toString('base64url');
    const bad: Record<string, string> = {
      'signed by a stranger': await forgedToken({ key: stranger }),
      'signed with the public key as a secret': await forgedToken({
        alg: 'HS256',
        key: new TextEncoder().encode(publicPem),
      }),
      'without a signature': new UnsecuredJWT(claims).encode(),
      'without its signature': `${header}.${payload}.`,
      'of another subject': `${header}.${altered}.${signature}`,
      'of another algorithm': await forgedToken({
        alg: 'PS256',
        key: await importJWK({ ...jwk!, alg: 'PS256' }, 'PS256'),
      }),
      'of an unknown key': await forgedToken({ header: { kid: 'other' } }),
      'with a key of its own': await forgedToken({
        key: stranger,
        header: { jwk: { kty: 'RSA' }, jku: 'http://evil.example/jwks' },
      }),
      expired: await forgedToken({ claims: { exp: now - 60 } }),
      'not yet valid': await forgedToken({ claims: { nbf: now + 60 } }),
      'without end': await forgedToken({ claims: { exp: undefined } }),
      'of nobody': await forgedToken({ claims: { sub: undefined } }),
      'for another audience': await forgedToken({ claims: { aud: 'other' } }),
      'of another issuer': await forgedToken({ claims: { iss: 'https://evil.example' } }),
      'of another issuer, almost': await forgedToken({ claims: { iss: `${issuer}/` } }),
      'with an end that is no number': await forgedToken({ claims: { exp: `${now + 600}` } }),
      'not about claims': await new CompactSign(new TextEncoder().encode('hello'))
        .setProtectedHeader({ alg: 'RS256', kid: 'test' })
        .sign(await importJWK(jwk!, 'RS256')),
      'too long': `${header}.${'A'.repeat(9_000)}.${signature}`,
    };
    for (const [why, token] of Object.entries(bad)) {
      const answer = await me(`Bearer ${token}`);
      expect([why, answer.status, answer.body.code]).toEqual([why, 401, 'unauthenticated']);
      expect(answer.headers['www-authenticate']).toMatch(
        /^Bearer realm="session-requests", error="invalid_(token|request)"$/,
      );
      expect(answer.text).not.toContain(token.slice(0, 40));
    }
    for (const header of [
      'Bearer',
      'Basic YTpi',
      `Token ${good}`,
      `Bearer ${good}, ${good}`,
      `Bearer x${good} y`,
      '',
    ])
      expect([header, (await me(header)).status]).toEqual([header, 401]);
  });

  it('that was taken once is refused all the same when it has expired', async () => {
    const short = await gateway.token(chloe.id, 2);
    expect((await me(`Bearer ${short}`)).status).toBe(200);
    const later = await startGateway({
      override: (dependencies) => {
        let now = Date.now();
        return { ...dependencies, wallClock: { now: () => (now += 4_000) } };
      },
    });
    const token = await later.token(chloe.id, 6);
    const call = () =>
      later.fastify.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } });
    expect((await call()).statusCode).toBe(200);
    const statuses = [(await call()).statusCode, (await call()).statusCode, (await call()).statusCode];
    expect(statuses.at(-1)).toBe(401);
    await later.close();
  });

  it('of somebody who takes no part gets 403', async () => {
    const token = await forgedToken({ claims: { sub: 'p-stranger' } });
    expectProblem(await me(`Bearer ${token}`), 'unknown-participant');
  });
});

describe('a request that makes no sense', () => {
  const authorization = async () => ({ authorization: `Bearer ${await gateway.token(chloe.id)}` });
  const post = async (payload: string | Buffer, headers: Record<string, string> = {}): Promise<Answered> =>
    inject({
      method: 'POST',
      url: '/api/v1/session-requests',
      headers: { ...(await authorization()), 'content-type': 'application/json', ...headers },
      payload,
    });

  it('is told what is wrong with its body', async () => {
    for (const payload of ['{', '{"with":}', 'with=a', '\u0000', '{"a":1}}', Buffer.from([0xff, 0xfe])])
      expectProblem(await post(payload), 'malformed-json');
    expectProblem(await post(`{"note":"${'x'.repeat(16 * 1024)}"}`), 'body-too-large');
    for (const contentType of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
    ])
      expectProblem(await post('x', { 'content-type': contentType }), 'unsupported-media-type');
  });

  it('is told each fault and where it is', async () => {
    const faults = async (body: unknown) => {
      const answer = await post(typeof body === 'string' ? body : JSON.stringify(body));
      expectProblem(answer, 'invalid-request');
      return Object.fromEntries(
        answer.body.errors.map(({ path, message }: { path: string; message: string }) => [path, message]),
      );
    };
    const good = { with: anna.id, startsAt: '2026-11-30T09:00:00Z', endsAt: '2026-11-30T10:00:00Z' };
    expect(await faults('')).toEqual({ '/body': 'is missing' });
    expect(await faults('null')).toEqual({ '/body': 'has to be of type object' });
    expect(await faults([])).toEqual({ '/body': 'has to be of type object' });
    for (const [body, path] of [
      ['{"__proto__":{}}', '/body/__proto__'],
      ['{"with":"x","\\u005f_proto__":1}', '/body/__proto__'],
      ['{"constructor":{"prototype":{}}}', '/body/constructor/prototype'],
      ['{"note":[{"a/b":{"__proto__":null}}]}', '/body/note/0/a~1b/__proto__'],
    ] as const)
      expect(await faults(body)).toEqual({ [path]: 'is unknown' });
    // As deep as a body can be.
    expect(await faults(`{"with":${'['.repeat(8_000)}${']'.repeat(8_000)}}`)).toMatchObject({
      '/body/with': 'has to be of type string',
    });
    expect(await faults({})).toEqual({
      '/body/with': 'is missing',
      '/body/startsAt': 'is missing',
      '/body/endsAt': 'is missing',
    });
    expect(await faults({ ...good, with: 7, 'a/b~c': 1 })).toEqual({
      '/body/with': 'has to be of type string',
      '/body/a~1b~0c': 'is unknown',
    });
    expect(await faults({ ...good, with: '' })).toEqual({ '/body/with': 'must not be empty' });
    expect(await faults({ ...good, with: 'ä' })).toEqual({
      '/body/with': 'has characters that cannot be used here',
    });
    expect(await faults({ ...good, with: 'x'.repeat(256) })).toEqual({
      '/body/with': 'has to have 255 characters at most',
    });
    expect(await faults({ ...good, note: 'x'.repeat(1_001) })).toEqual({
      '/body/note': 'has to have 1000 characters at most',
    });
    expect(await faults({ ...good, note: null })).toEqual({ '/body/note': 'has to be of type string' });
    for (const note of ['a\u0000b', '\ud800', 'x\udfffy'])
      expect(await faults({ ...good, note })).toEqual({
        '/body/note': 'has characters that cannot be used here',
      });
    for (const startsAt of [
      'tomorrow',
      '',
      '2026-11-30',
      '2026-11-30T09:00Z',
      '2026-11-30T09:00:00',
      '2026-11-30T09:00:00+00:00',
      '2026-11-30t09:00:00z',
      '2026-02-29T09:00:00Z',
      '2026-02-30T09:00:00Z',
      '2026-04-31T09:00:00Z',
      '2026-13-01T09:00:00Z',
      '2026-00-10T09:00:00Z',
      '2026-01-00T09:00:00Z',
      '2026-11-30T24:00:00Z',
      '2026-11-30T09:60:00Z',
      '2026-11-30T09:00:60Z',
      '2026-11-30T09:00:00.1234Z',
      '2026-11-30T09:00:00.Z',
      '1969-12-31T23:59:59Z',
      '10000-01-01T00:00:00Z',
      '+012026-11-30T09:00:00Z',
      ' 2026-11-30T09:00:00Z',
      '2026-11-30T09:00:00Z\n',
      '-271821-04-20T00:00:00Z',
    ])
      // prettier-ignore
      expect(Object.keys(await faults({ ...good, startsAt }))).toEqual(['/body/startsAt']);
    expect(Object.keys(await faults({ ...good, startsAt: 1_796_000_000_000 }))).toEqual(['/body/startsAt']);
    expect((await post(JSON.stringify({ ...good, startsAt: '2028-02-29T09:00:00Z' }))).body.code).toBe(
      'invalid-duration',
    );
  });

  it('is told that there is nothing, or what can be done instead', async () => {
    const headers = await authorization();
    for (const url of [
      '/index.html',
      '/assets/index.js',
      '/sessions.html',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/v1/session-request',
      '/api/v1/me/',
      '/api/v2/me',
      '//',
      '/API/V1/ME',
      '/oidcx',
    ])
      expectProblem(await inject({ url, headers }), 'not-found');
    for (const [method, url, allow] of [
      ['DELETE', '/api/v1/me', 'GET, HEAD'],
      ['PATCH', '/api/v1/session-requests/x', 'GET, HEAD'],
      ['PUT', '/api/v1/session-requests', 'GET, HEAD, POST'],
      ['GET', '/api/v1/session-requests/x/accept', 'POST'],
      ['OPTIONS', '/api/v1/me', 'GET, HEAD'],
      ['POST', '/livez', 'GET, HEAD'],
      ['POST', '/', 'GET, HEAD'],
    ] as const) {
      const answer = await inject({ method, url, headers });
      expectProblem(answer, 'method-not-allowed');
      expect(answer.headers['allow']).toBe(allow);
    }
    expectProblem(await inject({ url: '/api/v1/session-requests/%', headers }), 'malformed-request');
    const idOf = (length: number) => `/api/v1/session-requests/${'x'.repeat(length)}`;
    expectProblem(await inject({ url: idOf(101), headers }), 'not-a-party');
    expectProblem(await inject({ url: idOf(1_000), headers }), 'not-found');
  });

  it('that is no HTTP is answered as a problem, too', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    const { port } = gateway.app.getHttpServer().address() as AddressInfo;
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        let received = '';
        socket.on('data', (data) => (received += data.toString()));
        socket.on('close', () => resolve(received));
        socket.on('error', reject);
      });
    const parsed = (text: string): Answered => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const [status = '', ...lines] = head.split('\r\n');
      return answered({
        statusCode: Number(status.split(' ')[1]),
        headers: Object.fromEntries(lines.map((line) => line.toLowerCase().split(': '))),
        payload: body,
      });
    };
    expectProblem(parsed(await raw('HELLO\r\n\r\n')), 'malformed-request');
    expectProblem(
      parsed(await raw(`GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)),
      'headers-too-large',
    );
  });
});

describe('when something does not work', () => {
  const ask = () =>
    gateway.as(chloe).post('/session-requests', { body: { with: anna.id, ...gateway.slotIn(7 * dayMs) } });

  it.each([
    [new StoreUnavailable('ENOSPC: /var/data', 'not-written', 'full'), 'storage-full', undefined],
    [new StoreUnavailable('EBADF: /var/data', 'not-written', 'closed'), 'unavailable', '1'],
    [new StoreUnavailable('ECONNRESET 10.0.0.1', 'unknown', 'unreachable'), 'unavailable', '1'],
    [new Error('secret: /etc/passwd'), 'internal-error', undefined],
  ] as const)('answers %s as %s', async (error, code, retryAfter) => {
    fault = error;
    const answer = await ask();
    fault = undefined;
    expectProblem(answer, code);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.text).not.toContain(error.message);
  });

  it.each([
    ['not-written', 'Nothing has been done; repeat the request.'],
    ['unknown', 'Repeat it with the same Idempotency-Key: it is carried out once.'],
  ] as const)('says what to do where the outcome is %s', async (outcome, advice) => {
    fault = new StoreUnavailable('no answer from requests:5000', outcome, 'unreachable');
    const answer = await ask();
    fault = undefined;
    expectProblem(answer, 'unavailable');
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(advice) });
  });

  it('a failing read model is a problem, and it is logged', async () => {
    const { body } = await ask();
    findFault = new Error('disk I/O error');
    logged.length = 0;
    const answer = await gateway
      .as(chloe)
      .get(`/session-requests/${body.id}`, { 'x-request-id': 'reported-by-chloe' });
    expectProblem(answer, 'internal-error');
    expect(answer.body).toMatchObject({ httpRequestId: 'reported-by-chloe' });
    findFault = undefined;
    expect(logged).toContainEqual({
      level: 'error',
      message: 'a request failed',
      fields: {
        err: expect.objectContaining({
          message: 'disk I/O error',
          stack: expect.stringContaining('requests-from-outside'),
        }),
        method: 'GET',
        route: '/api/v1/session-requests/:id',
        code: 'internal-error',
        httpRequestId: 'reported-by-chloe',
      },
    });
  });

  it('a failing issuer is a problem, and the reason is logged', async () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:443');
    const elsewhere = await startGateway({
      logger,
      override: ({ oidc, ...dependencies }) => ({
        ...dependencies,
        oidc: {
          ...oidc,
          keys: async () => {
            throw new IssuerUnavailable({ cause });
          },
        },
      }),
    });
    logged.length = 0;
    const answer = await elsewhere.as(chloe).get('/me');
    await elsewhere.close();
    expectProblem(answer, 'unavailable');
    expect(answer.text).not.toContain('ECONNREFUSED');
    const warned = logged.find(({ level }) => level === 'warn')?.fields as { err: Error };
    expect(warned.err.cause).toBeInstanceOf(IssuerUnavailable);
    expect((warned.err.cause as Error).cause).toBe(cause);
  });

  it('says at /readyz what does not', async () => {
    expect((await inject({ url: '/livez' })).body).toEqual({ status: 'ok' });
    expect((await inject({ url: '/readyz' })).body).toEqual({
      status: 'ready',
      checks: [{ name: 'event-store', ok: true }],
    });
    gateway.readiness.push({ name: 'read-models', ok: false, detail: '300 events behind' });
    const answer = await inject({ url: '/readyz' });
    gateway.readiness.pop();
    expectProblem(answer, 'not-ready');
    expect(answer.body.checks).toContainEqual({ name: 'read-models', ok: false });
  });

  it('is ready without what only commands need, and says that it is away', async () => {
    const away = { name: 'requests', ok: false, needed: false, detail: 'connection refused' };
    gateway.readiness.push(away);
    const answer = await inject({ url: '/readyz' });
    gateway.readiness.pop();
    expect([answer.status, answer.body.status]).toEqual([200, 'ready']);
    expect(answer.body.checks).toContainEqual({ name: 'requests', ok: false });
  });
});

describe('the log', () => {
  const headers = { 'x-request-id': 'request-of-chloe' };
  const httpRequestId = 'request-of-chloe';

  it('has each request once, without tokens, notes, and what was searched for', async () => {
    logged.length = 0;
    const { body } = await gateway.as(chloe).post('/session-requests', {
      body: { with: anna.id, ...gateway.slotIn(7 * dayMs), note: 'confidential' },
      headers,
    });
    await gateway.as(chloe).get('/participants?q=confidential', headers);
    await inject({ url: '/nothing/confidential', headers });
    expect(logged.map(({ level, message, fields }) => [level, message, fields])).toEqual([
      [
        'info',
        'RequestSession recorded',
        {
          command: 'RequestSession',
          outcome: 'recorded',
          method: 'POST',
          route: '/api/v1/session-requests',
          status: 201,
          ms: expect.any(Number),
          participant: chloe.id,
          httpRequestId,
          requestId: body.id,
          commandId: body.id,
          correlationId: httpRequestId,
        },
      ],
      [
        'debug',
        'request',
        {
          method: 'GET',
          route: '/api/v1/participants',
          status: 200,
          ms: expect.any(Number),
          participant: chloe.id,
          httpRequestId,
        },
      ],
      [
        'debug',
        'request',
        {
          method: 'GET',
          route: undefined,
          status: 404,
          code: 'not-found',
          ms: expect.any(Number),
          httpRequestId,
        },
      ],
    ]);
    expect(JSON.stringify(logged)).not.toMatch(/confidential|Bearer|eyJ/);
  });
});

describe('the test clock', () => {
  it('tells the time, jumps forward and never back', async () => {
    expect((await gateway.as(chloe).get('/clock')).body).toEqual({ now: startOfTime });
    for (const to of [startOfTime, '2026-11-22T00:00:00Z'])
      expectProblem(await gateway.as(chloe).post('/clock/advance', { body: { to } }), 'clock-not-forward');
    expect(
      (await gateway.as(chloe).post('/clock/advance', { body: { to: 'soon' } })).body.errors[0]?.path,
    ).toBe('/body/to');
    for (const to of ['9999-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z']) {
      const answer = await gateway.as(chloe).post('/clock/advance', { body: { to } });
      expectProblem(answer, 'invalid-request');
      expect(answer.body.errors).toEqual([
        { path: '/body/to', message: 'has to be in the year 9998 at the latest' },
      ]);
    }
    const { status, body } = await gateway
      .as(chloe)
      .post('/clock/advance', { body: { to: '2026-11-23T09:30:00Z' } });
    expect([status, body]).toEqual([200, { now: '2026-11-23T09:30:00.000Z' }]);
  });

  it('is not there with the system clock', async () => {
    const real = await startGateway({ systemClock: true });
    for (const answer of [
      await real.as(chloe).get('/clock'),
      await real.as(chloe).post('/clock/advance', { body: { to: startOfTime } }),
    ])
      expectProblem(answer, 'not-found');
    const document = (await real.fastify.inject({ url: '/api/openapi.json' })).payload;
    expect(document).not.toContain('/api/v1/clock');
    await real.close();
  });
});

describe('whatever is sent', () => {
  const actions = ['accept', 'reject', 'adjust', 'cancel'] as const;
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      anna.id,
      kenji.id,
      'session',
      'change',
      '2026-11-30T09:00:00Z',
      '2026-02-30T09:00:00Z',
      '',
      '\u0000',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const fields = [
    'with',
    'startsAt',
    'endsAt',
    'note',
    'reason',
    'what',
    'upTo',
    'to',
    '__proto__',
    'constructor',
    'toString',
  ];
  const body = fc.oneof(
    fc
      .dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), value)
      .map((object) => JSON.stringify(object)),
    fc.jsonValue().map((json) => JSON.stringify(json)),
    fc.string({ unit: 'binary' }),
  );
  const header = fc.oneof(
    fc.constantFrom('"0"', '"1"', '*', 'W/"0"'),
    fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
  );

  it('is answered with a problem that has a path or a code, never 5xx, and changes nothing', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const before = (await gateway.log()).length;
    const targets = [
      '/session-requests',
      '/notifications/read',
      ...actions.flatMap((action) => [
        `/session-requests/${id}/${action}`,
        `/session-requests/nothing/${action}`,
      ]),
    ];
    const token = await gateway.token(kenji.id);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...targets),
        body,
        fc.option(header, { nil: undefined }),
        async (target, payload, ifMatch) => {
          const answer = await inject({
            method: 'POST',
            url: `/api/v1${target}`,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              ...(ifMatch !== undefined && { 'if-match': ifMatch }),
            },
            payload: Buffer.from(payload),
          });
          expect(answer.status).toBeLessThan(500);
          if (target === '/notifications/read' && answer.status === 200) return;
          expect([400, 404, 422, 428]).toContain(answer.status);
          expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
          if (answer.body.code === 'invalid-request') expect(answer.body.errors.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 400 },
    );
    expect(await gateway.log()).toHaveLength(before);
  });

  it('in a query is answered below 500', async () => {
    const paths = [
      '/session-requests',
      '/pending-actions',
      '/participants',
      '/notifications',
      '/session-requests/x',
      '/me',
    ];
    const names = ['from', 'to', 'status', 'cursor', 'limit', 'q', 'role', 'atLeast', '__proto__', 'x'];
    const token = await gateway.token(kenji.id);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ maxLength: 30 }))),
        async (path, query) => {
          const text = query
            .map(([name, content]) => `${name}=${encodeURIComponent(content.toWellFormed())}`)
            .join('&');
          const { status } = await inject({
            url: `/api/v1${path}?${text}`,
            headers: { authorization: `Bearer ${token}` },
          });
          expect([200, 400, 404]).toContain(status);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the table of problems', () => {
  it('is shown to people, complete', async () => {
    const { text, headers } = await inject({ url: '/api/problems' });
    for (const code of Object.keys(problemTable)) expect(text).toContain(`id="${code}"`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('has every code that these tests have seen', () => {
    expect(Object.keys(problemTable)).toEqual(expect.arrayContaining([...seen]));
  });
});
