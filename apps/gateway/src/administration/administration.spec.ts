import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@hse/event-sourcing';
import { createInMemoryParkedStreams } from '@hse/event-sourcing/testing';
import type { InjectOptions } from 'fastify';
import { createParticipants, knownForMs, seedParticipants } from '../participants.ts';
import { TestBrowser } from '../testing/browser.ts';
import {
  anna,
  answered,
  chloe,
  everybody,
  forgedToken,
  kenji,
  mateo,
  startGateway,
  type Answered,
  type GatewayUnderTest,
} from '../testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

/** Somebody of whom nobody has heard yet. */
let id: string;
let tests = 0;
beforeEach(() => {
  tests += 1;
  id = `p-bo-${tests}`;
});

type Method = 'GET' | 'PUT' | 'POST';

/** Somebody with a token of these scopes, who takes no part. */
const operator =
  (scope: string | undefined, of = gateway) =>
  async (
    method: Method,
    path: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answered> => {
    const token = await forgedToken({
      claims: { sub: 'op-1', client_id: 'hr-sync', ...(scope !== undefined && { scope }) },
    });
    const options: InjectOptions = {
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body && { payload: body }),
    };
    return answered(await of.fastify.inject(options));
  };

const bo = { role: 'coach', name: 'Bo Stone', timeZone: 'Europe/Stockholm' };
const sync = (...args: Parameters<ReturnType<typeof operator>>) => operator('participants:write')(...args);
const audit = async (query = '') => (await operator('audit:read')('GET', `/admin/audit${query}`)).body.items;

describe('who may use the administration', () => {
  const routes: [Method, string, object | undefined][] = [
    ['PUT', '/participants/p-bo', bo],
    ['GET', '/participants/p-anna', undefined],
    ['GET', '/admin/parked-streams', undefined],
    ['POST', '/admin/parked-streams/expiry/s/retry', { reason: 'why' }],
    ['POST', '/admin/parked-streams/expiry/s/discard', { reason: 'why' }],
    ['GET', '/admin/session-requests/r1/history?reason=why', undefined],
    ['GET', '/admin/audit', undefined],
  ];

  it.each(routes)('not participants: %s %s', async (method, path, body) => {
    const token = await gateway.token(anna.id);
    const answer = answered(
      await gateway.fastify.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${token}` },
        ...(body && { payload: body }),
      }),
    );
    expect([answer.status, answer.body.code]).toEqual([403, 'insufficient-scope']);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="session-requests", error="insufficient_scope", scope="[a-z]+:(read|write)"$/,
    );
  });

  it.each(routes)('nor the session of a browser, whoever is logged in: %s %s', async (method, path, body) => {
    const browser = new TestBrowser(gateway.fastify);
    await browser.logIn('anna');
    const answer = answered(
      await gateway.fastify.inject({
        method,
        url: `/api/v1${path}`,
        headers: {
          cookie: `session=${browser.cookies.get('session')?.value ?? ''}`,
          'x-requested-with': 'session-requests-web',
        },
        ...(body && { payload: body }),
      }),
    );
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });

  it('only who has the scope of the very operation, and one that is named within another is none', async () => {
    const ask = async (scope: string) => (await operator(scope)('GET', '/admin/audit')).status;
    expect(
      await Promise.all(['audit:read', 'openid audit:read', 'operations:read', 'audit:readers', ''].map(ask)),
    ).toEqual([200, 200, 403, 403, 403]);
  });

  it.each([
    ['a list in scope', { scope: ['audit:read'] }],
    ['the name that other issuers give it', { scp: 'audit:read' }],
    ['another case', { scope: 'Audit:Read' }],
    ['another separator', { scope: 'openid,audit:read' }],
    ['a role', { roles: ['audit:read'], role: 'admin' }],
  ])('nor who has it as %s', async (_how, claims) => {
    const token = await forgedToken({ claims: { sub: anna.id, ...claims } });
    const answer = await gateway.fastify.inject({
      url: '/api/v1/admin/audit',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.statusCode).toBe(403);
  });

  it('and they may nothing else: elsewhere they are nobody who takes part', async () => {
    const answer = await operator('participants:write operations:read')('GET', '/me');
    expect([answer.status, answer.body.code]).toEqual([403, 'unknown-participant']);
  });
});

describe('keeping participants in step', () => {
  it('adds one, repeats with the same answer, and changes what is different', async () => {
    const first = await sync('PUT', `/participants/${id}`, { body: bo });
    expect([first.status, first.headers['etag'], first.body]).toEqual([
      201,
      '"1"',
      { id, ...bo, active: true },
    ]);
    const repeat = await sync('PUT', `/participants/${id}`, { body: bo });
    expect([repeat.status, repeat.headers['etag'], repeat.text]).toEqual([200, '"1"', first.text]);
    const more = { ...bo, email: 'bo@example.org', picture: '/bo.webp' };
    const changed = await sync('PUT', `/participants/${id}`, { body: more });
    expect([changed.status, changed.headers['etag'], changed.body]).toEqual([
      200,
      '"2"',
      { id, ...more, active: true },
    ]);
    expect((await sync('GET', `/participants/${id}`)).text).toBe(changed.text);
    const { picture } = more;
    expect((await gateway.as(chloe).get('/participants?q=STONE')).body.items).toEqual([
      { id, ...bo, picture },
    ]);
    await gateway.requested(chloe, { id });
    expect((await gateway.as({ id }).get('/me')).body.pendingActions).toBe(1);
    expect((await sync('GET', '/participants/nobody')).status).toBe(404);
  });

  it('takes any id that an issuer may give', async () => {
    const odd = 'auth0|a/b+c%';
    const path = `/participants/${encodeURIComponent(odd)}`;
    expect((await sync('PUT', path, { body: bo })).body.id).toBe(odd);
    expect((await gateway.as({ id: odd }).get('/me')).body.id).toBe(odd);
    const longest = encodeURIComponent('|'.repeat(255));
    expect((await sync('PUT', `/participants/${longest}`, { body: bo })).status).toBe(201);
  });

  it('leaves a directory that is read page by page, however long ids and names are', async () => {
    const own = await startGateway();
    const put = (path: string, name: string) =>
      operator('participants:write', own)('PUT', `/participants/${encodeURIComponent(path)}`, {
        body: { ...bo, name },
      });
    for (const [index, name] of ['漢'.repeat(200), '\u0001'.repeat(199) + 'x', '"'.repeat(200)].entries())
      expect((await put(`${'"'.repeat(254)}${index}`, name)).status).toBe(201);
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = await own
        .as(chloe)
        .get(`/participants?limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(page.status).toBe(200);
      seen.push(...page.body.items.map((item) => item.id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toHaveLength(everybody.length + 3);
    await own.close();
  });

  it.each([
    [{ ...bo, timeZone: 'Mars/Olympus' }, '/body/timeZone'],
    [{ ...bo, name: '  ' }, '/body/name'],
    [{ ...bo, email: 'nobody' }, '/body/email'],
    [{ ...bo, picture: 'http://example.org/bo.webp' }, '/body/picture'],
    [{ ...bo, role: 'admin' }, '/body/role'],
    [{ ...bo, version: 7 }, '/body/version'],
    [{ name: 'Bo' }, '/body/role'],
  ])('refuses %j for its %s', async (body, path) => {
    const answer = await sync('PUT', `/participants/${id}`, { body });
    expect([answer.status, answer.body.errors.map((fault) => fault.path)]).toEqual([
      400,
      expect.arrayContaining([path]),
    ]);
    expect((await sync('GET', `/participants/${id}`)).status).toBe(404);
  });

  it('replaces the version that a writer names, and no other', async () => {
    const put = (name: string, etag: string) =>
      sync('PUT', `/participants/${id}`, { body: { ...bo, name }, headers: { 'if-match': etag } });
    expect((await put('A', '"1"')).body.code).toBe('conflict');
    await sync('PUT', `/participants/${id}`, { body: bo });
    expect((await put('B', '"1"')).headers['etag']).toBe('"2"');
    const late = await put('C', '"1"');
    expect([late.status, late.body.code, late.headers['etag']]).toEqual([412, 'conflict', '"2"']);
    // The answer to it was lost, and it is sent again.
    expect((await put('B', '"1"')).status).toBe(200);
    expect((await put('B', 'W/"2"')).body.code).toBe('invalid-request');
  });

  it('lets one of those who name the same version win, and all who name none be written one after the other', async () => {
    await sync('PUT', `/participants/${id}`, { body: bo });
    const racing = (headers: Record<string, string>) =>
      Promise.all(
        Array.from({ length: 5 }, async (_, index) =>
          sync('PUT', `/participants/${id}`, {
            body: { ...bo, name: `${JSON.stringify(headers)} ${index}` },
            headers,
          }),
        ),
      );
    expect((await racing({ 'if-match': '"1"' })).map(({ status }) => status).sort()).toEqual([
      200, 412, 412, 412, 412,
    ]);
    expect((await racing({})).map(({ headers }) => headers['etag']).sort()).toEqual([
      '"3"',
      '"4"',
      '"5"',
      '"6"',
      '"7"',
    ]);
  });

  it('lets a role change until there is a session request with them', async () => {
    await sync('PUT', `/participants/${id}`, { body: bo });
    const client = { ...bo, role: 'client' };
    expect((await sync('PUT', `/participants/${id}`, { body: client })).body).toMatchObject({
      role: 'client',
    });
    await gateway.requested({ id }, anna);
    const answer = await sync('PUT', `/participants/${id}`, { body: bo });
    expect([answer.status, answer.body.code]).toEqual([409, 'role-fixed']);
    expect((await sync('PUT', `/participants/${id}`, { body: { ...client, name: 'Bo' } })).status).toBe(200);
  });

  it('who takes part no more can do nothing and is not asked; their sessions stay', async () => {
    const request = await gateway.requested(chloe, anna);
    const { role, name, timeZone } = anna;
    const put = (active: boolean) =>
      sync('PUT', `/participants/${anna.id}`, { body: { role, name, timeZone, active } });
    expect((await put(false)).body).toMatchObject({ active: false });

    const asAnna = await gateway.as(anna).get('/me');
    expect([asAnna.status, asAnna.body.code]).toEqual([403, 'unknown-participant']);
    const body = { with: anna.id, ...gateway.slotIn(9 * 86_400_000) };
    expect((await gateway.as(chloe).post('/session-requests', { body })).body.code).toBe(
      'unknown-other-party',
    );
    const preview = new URLSearchParams(body).toString();
    expect((await gateway.as(chloe).get(`/slot-preview?${preview}`)).body.code).toBe('unknown-other-party');
    expect((await gateway.as(chloe).get('/participants?q=anna')).body.items).toEqual([]);
    expect((await gateway.as(chloe).get(`/session-requests/${request.id}`)).body.coach).toMatchObject({
      name,
    });
    const browser = new TestBrowser(gateway.fastify);
    await browser.logIn('anna');
    expect([...browser.cookies.keys()]).not.toContain('session');

    await put(true);
    expect((await gateway.as(anna).get('/me')).status).toBe(200);
  });
});

describe('whoever is left with somebody who takes part no more', () => {
  const put = ({ id, role, name, timeZone }: typeof anna, active: boolean) =>
    sync('PUT', `/participants/${id}`, { body: { role, name, timeZone, active } });

  it('can cancel what they have asked for, and it expires as ever otherwise', async () => {
    const [cancelled, expired] = [
      await gateway.requested(chloe, mateo),
      await gateway.requested(chloe, mateo),
    ];
    await put(mateo, false);
    const answer = await gateway
      .as(chloe)
      .post(`/session-requests/${cancelled.id}/cancel`, { revision: 0, body: {} });
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    const { respondBy = '' } = expired.proposal ?? {};
    gateway.clock.advanceTo(Date.parse(respondBy));
    await gateway.expire(expired.id, 1);
    expect((await gateway.as(chloe).get(`/session-requests/${expired.id}`)).body.status).toBe('cancelled');
    await put(mateo, true);
  });

  it('can answer what was asked of them', async () => {
    const client = { ...bo, role: 'client' };
    await sync('PUT', `/participants/${id}`, { body: client });
    const request = await gateway.requested({ id }, mateo);
    await sync('PUT', `/participants/${id}`, { body: { ...client, active: false } });
    const answer = await gateway
      .as(mateo)
      .post(`/session-requests/${request.id}/reject`, { revision: 0, body: {} });
    expect([answer.status, answer.body.status]).toEqual([200, 'rejected']);
  });

  it('can agree on nothing with them, and is not offered it, until they are back', async () => {
    const asked = await gateway.requested(mateo, chloe);
    const asking = await gateway.requested(chloe, mateo);
    const act = (action: string, of: { id: string }, body: object = {}) =>
      gateway.as(chloe).post(`/session-requests/${of.id}/${action}`, { revision: 0, body });
    const offered = async (of: { id: string }) =>
      (await gateway.as(chloe).get(`/session-requests/${of.id}`)).body.allowedActions;
    await put(mateo, false);

    const before = (await gateway.log()).length;
    for (const answer of [
      await act('accept', asked),
      await act('adjust', asked, gateway.slotIn(9 * 86_400_000)),
      await act('adjust', asking, gateway.slotIn(9 * 86_400_000)),
    ])
      expect([answer.status, answer.body.code]).toEqual([422, 'unknown-other-party']);
    expect(await gateway.log()).toHaveLength(before);
    expect(await offered(asked)).toEqual(['reject']);
    expect(await offered(asking)).toEqual(['cancel-session']);
    // It is still theirs to answer, and for nobody else there is nothing to learn.
    expect((await gateway.as(chloe).get('/pending-actions')).body.items).toContainEqual(
      expect.objectContaining({ id: asked.id }),
    );
    const other = await gateway.as(kenji).post(`/session-requests/${asked.id}/accept`, { revision: 0 });
    expect(other.body.code).toBe('not-a-party');

    await put(mateo, true);
    expect(await offered(asked)).toEqual(['accept', 'adjust', 'reject']);
    expect((await act('accept', asked)).body.status).toBe('accepted');
  });
});

describe('the audit trail', () => {
  it('has every change with who made it, and nothing where nothing changed', async () => {
    await sync('PUT', `/participants/${id}`, { body: bo });
    await sync('PUT', `/participants/${id}`, { body: bo });
    await sync('PUT', `/participants/${id}`, { body: { ...bo, name: 'Bo', active: false } });
    await sync('PUT', `/participants/${id}`, { body: { ...bo, role: 'admin' } });
    const whole = { subject: 'op-1', client: 'hr-sync', target: id };
    expect(await audit(`?target=${id}`)).toEqual([
      expect.objectContaining({ ...whole, action: 'participant-changed', detail: 'changed: name, active' }),
      expect.objectContaining({ ...whole, action: 'participant-created' }),
    ]);
  });

  it('is read page by page, newest first, all of it or what is about one thing', async () => {
    const own = await startGateway();
    const read = operator('audit:read participants:write', own);
    for (const each of ['a', 'b', 'c']) await read('PUT', `/participants/${each}`, { body: bo });
    const first = (await read('GET', '/admin/audit?limit=2')).body;
    const rest = (await read('GET', `/admin/audit?limit=2&cursor=${first.nextCursor ?? ''}`)).body;
    const targets = [...first.items, ...rest.items].map(
      (item) => (item as unknown as { target: string }).target,
    );
    expect(targets).toEqual(['c', 'b', 'a']);
    expect(rest.nextCursor).toBeUndefined();
    expect((await read('GET', '/admin/audit?target=b')).body.items).toHaveLength(1);
    expect((await read('GET', '/admin/audit?cursor=x')).status).toBe(400);
    await own.close();
  });

  it('comes first: without a record nothing is shown and nothing is done', async () => {
    const parkedStreams = createInMemoryParkedStreams();
    const request = await gateway.requested(chloe, anna);
    const broken = await startGateway({
      store: gateway.store,
      override: (dependencies) => ({
        ...dependencies,
        parkedStreams,
        gatewayStore: {
          ...dependencies.gatewayStore,
          audit: () => Promise.reject(new StoreUnavailable('full', 'not-written', 'full')),
        },
      }),
    });
    await parkedStreams.park(parked);
    const all = operator('participants:write operations:read operations:write', broken);
    const answers = [
      await all('GET', `/admin/session-requests/${request.id}/history?reason=why`),
      await all('PUT', `/participants/${id}`, { body: bo }),
      await all('POST', `/admin/parked-streams/expiry/${parked.stream}/discard`, { body: { reason: 'why' } }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(Array(3).fill('storage-full'));
    expect((await all('GET', `/participants/${id}`)).status).toBe(404);
    expect((await parkedStreams.list())[0]?.state).toBe('parked');
    await broken.close();
  });
});

describe('the whole history of a session request', () => {
  const history = (id: string, query: string) =>
    operator('operations:read')('GET', `/admin/session-requests/${id}/history${query}`);

  it('is shown with its metadata to who says why, and that is on record', async () => {
    const { id } = await gateway.requested(chloe, anna);
    await gateway.as(anna).post(`/session-requests/${id}/accept`, { revision: 0 });
    const reason = 'Ticket 4711: “who accepted?”';
    const answer = await history(id, `?reason=${encodeURIComponent(reason)}`);
    expect(answer.body.items).toEqual(
      (await gateway.log())
        .filter(({ data }) => data.requestId === id)
        .map(({ id: eventId, type, revision, position, data, metadata }) => ({
          id: eventId,
          type,
          revision,
          position,
          data,
          metadata,
        })),
    );
    expect(answer.body.items).toHaveLength(2);
    expect(await audit(`?target=${id}`)).toEqual([
      expect.objectContaining({ action: 'history-read', subject: 'op-1', client: 'hr-sync', reason }),
    ]);
  });

  it.each(['', '?reason=', `?reason=${'x'.repeat(501)}`])('is not shown for the reason %j', async (query) => {
    const { id } = await gateway.requested(chloe, anna);
    expect((await history(id, query)).body.code).toBe('invalid-request');
    expect(await audit(`?target=${id}`)).toEqual([]);
  });

  it('that is not there is on record, too', async () => {
    expect((await history(id, '?reason=why')).status).toBe(404);
    expect(await audit(`?target=${id}`)).toHaveLength(1);
  });
});

const parked = {
  group: 'expiry',
  stream: 'sessionRequest-1',
  partition: 3,
  fromRevision: 2,
  reason: 'Error: no such round',
  attempts: 5,
  parkedAt: '2026-11-23T08:00:00.000Z',
};

describe('parked streams', () => {
  it('are none where nothing is ever parked', async () => {
    const all = operator('operations:read operations:write');
    expect((await all('GET', '/admin/parked-streams')).body).toEqual({ items: [] });
    expect(
      (await all('POST', `/admin/parked-streams/a/${id}/retry`, { body: { reason: 'why' } })).status,
    ).toBe(404);
    expect(await audit(`?target=${id}`)).toEqual([]);
  });

  it('are listed, tried again and left out, and who decided is on record', async () => {
    const parkedStreams = createInMemoryParkedStreams();
    await parkedStreams.park(parked);
    await parkedStreams.park({ ...parked, group: 'notifications' });
    const own = await startGateway({ override: (dependencies) => ({ ...dependencies, parkedStreams }) });
    const all = operator('operations:read operations:write audit:read', own);
    expect((await all('GET', '/admin/parked-streams')).body.items).toHaveLength(2);
    expect((await all('GET', '/admin/parked-streams?group=expiry')).body.items).toEqual([
      { ...parked, state: 'parked' },
    ]);
    const decide = (decision: string, body: object, stream = parked.stream) =>
      all('POST', `/admin/parked-streams/expiry/${stream}/${decision}`, { body });
    expect((await decide('retry', {})).body.code).toBe('invalid-request');
    expect((await decide('retry', { reason: 'why' }, 'sessionRequest-2')).body.code).toBe('not-found');
    expect((await decide('discard', { reason: 'a test' })).body).toMatchObject({ state: 'discarded' });
    expect((await decide('retry', { reason: 'fixed' })).body).toEqual({ ...parked, state: 'retry' });
    expect((await parkedStreams.list()).map(({ state }) => state)).toEqual(['retry', 'parked']);
    const detail = 'group expiry, from revision 2';
    expect((await all('GET', '/admin/audit')).body.items).toEqual([
      expect.objectContaining({ action: 'stream-retried', target: parked.stream, reason: 'fixed', detail }),
      expect.objectContaining({
        action: 'stream-discarded',
        target: parked.stream,
        reason: 'a test',
        detail,
      }),
    ]);
    await own.close();
  });
});

describe('the directory', () => {
  it('of another gateway knows of a change within seconds, and this one at once', async () => {
    let now = 0;
    const { gatewayStore: store } = gateway;
    const here = createParticipants({ store, wallClock: { now: () => now } });
    const there = createParticipants({ store, wallClock: { now: () => now } });
    expect(await Promise.all([here.find(id), there.find(id)])).toEqual([undefined, undefined]);
    const entry = {
      id,
      role: 'coach',
      name: 'Bo',
      timeZone: 'UTC',
      active: true,
      origin: 'api',
    } as const;
    expect(await here.write(entry, 0)).toBe(true);
    expect(await here.find(id)).toMatchObject({ name: 'Bo' });
    now += knownForMs - 1;
    expect(await there.find(id)).toBeUndefined();
    now += 1;
    expect(await there.find(id)).toMatchObject({ name: 'Bo', version: 1 });
  });

  it('asks once for all who are asked for in the same turn, and for nobody whom it knows', async () => {
    const questions: (readonly string[])[] = [];
    const { gatewayStore } = gateway;
    const store = {
      ...gatewayStore,
      findParticipants: (ids: readonly string[]) => {
        questions.push(ids);
        return gatewayStore.findParticipants(ids);
      },
    };
    const directory = createParticipants({ store, wallClock: { now: () => 0 } });
    await Promise.all([anna, chloe, anna, kenji].map(({ id }) => directory.find(id)));
    expect(await Promise.all([anna, mateo].map(async ({ id }) => (await directory.find(id))?.name))).toEqual([
      anna.name,
      mateo.name,
    ]);
    expect(questions).toEqual([[anna.id, chloe.id, kenji.id], [mateo.id]]);
  });

  it('does not keep in mind what was read before a change and arrives after it', async () => {
    const { gatewayStore } = gateway;
    const held = Promise.withResolvers<undefined>();
    const store = {
      ...gatewayStore,
      findParticipants: async (ids: readonly string[]) => {
        const found = await gatewayStore.findParticipants(ids);
        await held.promise;
        return found;
      },
    };
    const directory = createParticipants({ store, wallClock: { now: () => 0 } });
    const early = directory.find(kenji.id);
    await new Promise((resolve) => setImmediate(resolve));
    const { role, timeZone } = kenji;
    await directory.write({ id: kenji.id, role, name: 'Ken', timeZone, active: true, origin: 'api' }, 1);
    held.resolve(undefined);
    await early;
    expect(await directory.find(kenji.id)).toMatchObject({ name: 'Ken' });
  });

  it('keeps the newest of two changes in mind, whichever is answered first', async () => {
    const { gatewayStore } = gateway;
    const held = Promise.withResolvers<undefined>();
    const store = {
      ...gatewayStore,
      writeParticipant: async (...args: Parameters<typeof gatewayStore.writeParticipant>) => {
        const isWritten = await gatewayStore.writeParticipant(...args);
        if (args[1] === 0) await held.promise;
        return isWritten;
      },
    };
    const directory = createParticipants({ store, wallClock: { now: () => 0 } });
    const entry = { id, role: 'coach', name: 'Bo', timeZone: 'UTC', active: true, origin: 'api' } as const;
    const first = directory.write(entry, 0);
    while (!(await directory.current(id))) await new Promise((resolve) => setImmediate(resolve));
    await directory.write({ ...entry, active: false }, 1);
    held.resolve(undefined);
    await first;
    expect(await directory.find(id)).toMatchObject({ active: false, version: 2 });
  });

  it('follows the accounts of a start, but for whom somebody has changed since', async () => {
    const own = await startGateway();
    await operator('participants:write', own)('PUT', `/participants/${anna.id}`, {
      body: { role: 'coach', name: 'Anna Berg-Ek', timeZone: 'Europe/Oslo' },
    });
    const accounts = everybody.map((account) => ({ ...account, name: `${account.name} II` }));
    await Promise.all([1, 2].map(() => seedParticipants(own.gatewayStore, accounts)));
    const found = await own.gatewayStore.findParticipants(everybody.map((each) => each.id));
    expect(Object.fromEntries(found.map((each) => [each.id, [each.name, each.version]]))).toEqual({
      [anna.id]: ['Anna Berg-Ek', 2],
      [mateo.id]: [`${mateo.name} II`, 2],
      [chloe.id]: [`${chloe.name} II`, 2],
      [kenji.id]: [`${kenji.name} II`, 2],
    });
    await own.close();
  });
});
