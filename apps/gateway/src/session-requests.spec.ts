import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toEpochMs } from '@hse/session-requests';
import {
  anna,
  chloe,
  dayMs,
  everybody,
  hourMs,
  kenji,
  mateo,
  startGateway,
  startOfTime,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

describe('asking for a session', () => {
  it('answers with the new session request, its ETag and its place', async () => {
    const slot = gateway.slotIn(7 * dayMs);
    const answer = await gateway
      .as(chloe)
      .post('/session-requests', { body: { with: anna.id, ...slot, note: 'Hello' } });
    expect([answer.status, answer.headers['etag'], answer.headers['location']]).toEqual([
      201,
      '"0"',
      `/api/v1/session-requests/${answer.body.id}`,
    ]);
    expect(answer.body).toEqual({
      id: expect.any(String),
      status: 'pending',
      revision: 0,
      coach: { id: anna.id, name: 'Anna Berg', timeZone: 'Europe/Berlin' },
      client: { id: chloe.id, name: 'Chloé Martin', timeZone: 'Europe/Paris' },
      requestedBy: 'client',
      slot,
      agreed: null,
      proposal: {
        ...slot,
        note: 'Hello',
        proposedBy: 'client',
        awaiting: 'coach',
        respondBy: '2026-11-28T08:00:00.000Z',
        round: 1,
        policyId: 'hse-2026-1',
        respondByRule:
          'Proposed 3 days or more ahead: a coach has to answer at least 48 hours before the start.',
      },
      outcome: null,
      allowedActions: ['adjust', 'cancel-session'],
    });
    // In this order, for people who read it.
    expect(Object.keys(answer.body)).toEqual([
      'id', 'status', 'revision', 'coach', 'client', 'requestedBy', 'slot', 'agreed', 'proposal', 'outcome', 'allowedActions',
    ]); // prettier-ignore
  });

  it('brings instants to milliseconds', async () => {
    const slot = { startsAt: '2026-11-30T09:00:00Z', endsAt: '2026-11-30T10:00:00.5Z' };
    const { body } = await gateway.as(chloe).post('/session-requests', { body: { with: anna.id, ...slot } });
    expect(body.proposal).toMatchObject({
      startsAt: '2026-11-30T09:00:00.000Z',
      endsAt: '2026-11-30T10:00:00.500Z',
    });
  });

  it.each([
    ['starts in the past', -hourMs, hourMs, 'slot-in-past'],
    ['starts too soon', hourMs - 1, hourMs, 'notice-too-short'],
    ['lies too far ahead', 365 * dayMs + 1, hourMs, 'too-far-ahead'],
    ['is too short', dayMs, 15 * 60_000 - 1, 'invalid-duration'],
    ['ends before it starts', dayMs, -hourMs, 'invalid-duration'],
  ])('refuses a slot that %s', async (_why, leadMs, durationMs, code) => {
    const { status, body } = await gateway
      .as(chloe)
      .post('/session-requests', { body: { with: anna.id, ...gateway.slotIn(leadMs, durationMs) } });
    expect([status, body.code]).toEqual([422, code]);
    expect(await gateway.log()).toEqual([]);
  });

  it('refuses somebody of the same role, oneself, and nobody', async () => {
    const ask = (other: string) =>
      gateway.as(chloe).post('/session-requests', { body: { with: other, ...gateway.slotIn(dayMs) } });
    expect((await ask(kenji.id)).body).toMatchObject({ status: 422, code: 'same-role' });
    expect((await ask(chloe.id)).body).toMatchObject({ status: 422, code: 'same-role' });
    expect((await ask('p-nobody')).body).toMatchObject({ status: 422, code: 'unknown-other-party' });
  });
});

describe('answering', () => {
  it('accept agrees to the slot', async () => {
    const request = await gateway.requested(chloe, anna);
    const answer = await gateway.as(anna).post(`/session-requests/${request.id}/accept`, { revision: 0 });
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"1"']);
    expect(answer.body).toMatchObject({
      status: 'accepted',
      revision: 1,
      agreed: { startsAt: request.proposal?.startsAt, endsAt: request.proposal?.endsAt },
      proposal: null,
      outcome: null,
      allowedActions: ['adjust', 'cancel-session'],
    });
  });

  it('reject ends it, with a reason', async () => {
    const { id } = await gateway.requested(chloe, anna);
    gateway.clock.advanceTo(gateway.clock.now() + hourMs);
    const { body } = await gateway
      .as(anna)
      .post(`/session-requests/${id}/reject`, { revision: 0, body: { reason: 'Away' } });
    expect(body).toMatchObject({
      status: 'rejected',
      agreed: null,
      proposal: null,
      outcome: { by: 'coach', reason: 'Away', at: '2026-11-23T09:00:00.000Z' },
      allowedActions: [],
    });
    expect(Object.keys(body.outcome)).toEqual(['by', 'reason', 'at']);
  });

  it('adjust puts another slot on the table, before and after an agreement', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const counter = gateway.slotIn(8 * dayMs);
    const adjusted = await gateway
      .as(anna)
      .post(`/session-requests/${id}/adjust`, { revision: 0, body: { ...counter, note: 'Later?' } });
    expect(adjusted.body).toMatchObject({
      status: 'pending',
      proposal: { ...counter, note: 'Later?', proposedBy: 'coach', awaiting: 'client', round: 2 },
      allowedActions: ['adjust', 'cancel-session'],
    });
    await gateway.as(chloe).post(`/session-requests/${id}/accept`, { revision: 1 });
    const change = gateway.slotIn(9 * dayMs);
    const adjusting = await gateway
      .as(chloe)
      .post(`/session-requests/${id}/adjust`, { revision: 2, body: change });
    expect(adjusting.body).toMatchObject({
      status: 'adjusting',
      agreed: counter,
      proposal: { ...change, round: 3 },
      allowedActions: ['adjust', 'cancel-session', 'cancel-change'],
    });
    const withdrawn = await gateway
      .as(chloe)
      .post(`/session-requests/${id}/cancel`, { revision: 3, body: { what: 'change' } });
    expect(withdrawn.body).toMatchObject({
      status: 'accepted',
      agreed: counter,
      proposal: null,
      outcome: null,
    });
  });

  it('cancel ends the whole request unless told otherwise', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const { body } = await gateway
      .as(chloe)
      .post(`/session-requests/${id}/cancel`, { revision: 0, body: { reason: 'Ill' } });
    expect(body).toMatchObject({
      status: 'cancelled',
      outcome: { by: 'client', cause: 'withdrawn', reason: 'Ill' },
    });
  });

  it('takes no body, an empty one and {} for the same', async () => {
    for (const body of [undefined, '', {}]) {
      const { id } = await gateway.requested(chloe, anna);
      const answer = await gateway.as(anna).post(`/session-requests/${id}/accept`, { revision: 0, body });
      expect(answer.status).toBe(200);
    }
  });

  it('says why the domain refuses, with the status that fits', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const on = (path: string) => `/session-requests/${id}/${path}`;
    const slot = gateway.slotIn(7 * dayMs);
    const refusal = async (promise: ReturnType<ReturnType<typeof gateway.as>['post']>) => {
      const { status, body, headers } = await promise;
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
        type: `/api/problems#${body.code}`,
      });
      return `${status} ${body.code}`;
    };
    expect(await refusal(gateway.as(chloe).post(on('accept'), { revision: 0 }))).toBe('403 not-awaited');
    expect(await refusal(gateway.as(chloe).post(on('reject'), { revision: 0 }))).toBe('403 not-awaited');
    expect(await refusal(gateway.as(anna).post(on('cancel'), { revision: 0 }))).toBe('403 not-the-requester');
    expect(await refusal(gateway.as(anna).post(on('adjust'), { revision: 0, body: slot }))).toBe(
      '422 slot-unchanged',
    );
    expect(
      await refusal(gateway.as(chloe).post(on('cancel'), { revision: 0, body: { what: 'change' } })),
    ).toBe('409 nothing-proposed');
    gateway.clock.advanceTo(toEpochMs('2026-11-28T08:00:00.000Z'));
    expect(await refusal(gateway.as(anna).post(on('accept'), { revision: 0 }))).toBe('409 deadline-passed');
    await gateway.expire(id, 1);
    expect(await refusal(gateway.as(anna).post(on('accept'), { revision: 1 }))).toBe('409 already-closed');

    const other = await gateway.requested(chloe, mateo);
    await gateway.as(mateo).post(`/session-requests/${other.id}/accept`, { revision: 0 });
    expect(
      await refusal(gateway.as(mateo).post(`/session-requests/${other.id}/accept`, { revision: 1 })),
    ).toBe('409 nothing-proposed');
    gateway.clock.advanceTo(gateway.clock.now() + 8 * dayMs);
    expect(
      await refusal(gateway.as(mateo).post(`/session-requests/${other.id}/cancel`, { revision: 1 })),
    ).toBe('409 session-started');
  });
});

describe('who is no party', () => {
  it('cannot tell a session request from one that does not exist, whatever they send', async () => {
    const { id } = await gateway.requested(chloe, anna);
    for (const unknown of [
      '00000000-0000-7000-8000-00000000ffff',
      'x'.repeat(64),
      'x'.repeat(99),
      'a%00b',
      '%F0%9F%92%A9',
    ])
      for (const [method, path, options] of [
        ['get', '', {}],
        ['get', '?atLeast=7', {}],
        ['get', '/history', {}],
        ['get', '/history?atLeast=7', {}],
        ['post', '/accept', { revision: 0 }],
        ['post', '/accept', {}],
        ['post', '/accept', { headers: { 'if-match': '*' } }],
        ['post', '/reject', { revision: 7 }],
        ['post', '/cancel', { revision: 0, body: {} }],
        ['post', '/adjust', { revision: 0, body: gateway.slotIn(dayMs) }],
      ] as const) {
        const call = async (request: string) => {
          const caller = gateway.as(kenji);
          const url = `/session-requests/${request}${path}`;
          return method === 'get' ? caller.get(url) : caller.post(url, options);
        };
        const [theirs, none] = [await call(id), await call(unknown)];
        expect([theirs.status, theirs.body.code, theirs.text]).toEqual([404, 'not-a-party', none.text]);
      }
    expect(await gateway.log()).toHaveLength(1);
  });
});

describe('If-Match', () => {
  it('has to be there, and to be exactly one strong ETag', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const accept = (value?: string) =>
      gateway
        .as(anna)
        .post(
          `/session-requests/${id}/accept`,
          value === undefined ? {} : { headers: { 'if-match': value } },
        );
    expect((await accept()).body).toMatchObject({ status: 428, code: 'if-match-required' });
    for (const value of [
      '*',
      'W/"0"',
      '"0", "1"',
      '0',
      '""',
      '"-1"',
      '"00"',
      '"1e3"',
      '"9999999999999999"',
      '',
    ])
      expect((await accept(value)).body).toMatchObject({
        status: 400,
        code: 'invalid-request',
        errors: [{ path: '/header/if-match', message: expect.stringContaining('ETag') }],
      });
    expect(await gateway.log()).toHaveLength(1);
    expect((await accept('"0"')).status).toBe(200);
  });

  it('of another revision gets the present state', async () => {
    const { id } = await gateway.requested(chloe, anna);
    await gateway
      .as(chloe)
      .post(`/session-requests/${id}/adjust`, { revision: 0, body: gateway.slotIn(9 * dayMs) });
    const answer = await gateway.as(anna).post(`/session-requests/${id}/accept`, { revision: 0 });
    expect([answer.status, answer.headers['etag'], answer.body.code]).toEqual([412, '"1"', 'conflict']);
    expect(answer.body.current).toEqual((await gateway.as(anna).get(`/session-requests/${id}`)).body);
  });
});

describe('reading one', () => {
  it('shows both parties the same, except for what each may do', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const seen = await gateway.as(anna).get(`/session-requests/${id}`);
    expect([seen.status, seen.headers['etag'], seen.headers['cache-control']]).toEqual([
      200,
      '"0"',
      'no-store',
    ]);
    const { allowedActions, ...rest } = seen.body;
    const other = (await gateway.as(chloe).get(`/session-requests/${id}`)).body;
    expect(other).toMatchObject(rest);
    expect([allowedActions, other.allowedActions]).toEqual([
      ['accept', 'adjust', 'reject'],
      ['adjust', 'cancel-session'],
    ]);
  });

  it('tells nothing that can be done once the deadline has passed, before the timer has noticed', async () => {
    const { id } = await gateway.requested(chloe, anna);
    gateway.clock.advanceTo(toEpochMs('2026-11-28T08:00:00.000Z'));
    expect((await gateway.as(anna).get(`/session-requests/${id}`)).body).toMatchObject({
      status: 'pending',
      allowedActions: [],
    });
  });

  it('shows its history, oldest first', async () => {
    const request = await gateway.requested(chloe, anna);
    await gateway.as(anna).post(`/session-requests/${request.id}/accept`, { revision: 0 });
    const { body } = await gateway.as(chloe).get(`/session-requests/${request.id}/history`);
    const log = await gateway.log();
    expect(body).toEqual({
      items: log.map(({ type, revision, data }) => ({
        type,
        revision,
        at: '2026-11-23T08:00:00.000Z',
        data,
      })),
    });
    expect(body.items.map(({ type }: { type: string }) => type)).toEqual([
      'SessionRequested',
      'SessionAccepted',
    ]);
  });

  it('keeps the past of who left the directory', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const later = await startGateway({
      store: gateway.store,
      readModels: gateway.readModels,
      participants: everybody.filter((participant) => participant !== anna),
    });
    const { body } = await later.as(chloe).get(`/session-requests/${id}`);
    expect(body.coach).toEqual({ id: anna.id, name: 'Former participant', timeZone: 'UTC' });
    await later.close();
  });
});

describe('the calendar', () => {
  it('lists what is mine by start, in pages', async () => {
    const leads = [5, 2, 9, 3, 7];
    for (const days of leads) await gateway.requested(chloe, days % 2 ? anna : mateo, days * dayMs);
    await gateway.requested(kenji, anna, 4 * dayMs);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await gateway
        .as(chloe)
        .get(`/session-requests?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      seen.push(
        ...page.body.items.map((item: { proposal: { startsAt: string } }) =>
          item.proposal.startsAt.slice(0, 10),
        ),
      );
      cursor = page.body.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect([pages, seen]).toEqual([
      3,
      ['2026-11-25', '2026-11-26', '2026-11-28', '2026-11-30', '2026-12-02'],
    ]);
  });

  it('can be narrowed to a time and to statuses, given by commas or by repeating', async () => {
    const soon = await gateway.requested(chloe, anna, 2 * dayMs);
    const agreed = await gateway.requested(chloe, anna, 5 * dayMs);
    await gateway.as(anna).post(`/session-requests/${agreed.id}/accept`, { revision: 0 });
    const gone = await gateway.requested(chloe, anna, 6 * dayMs);
    await gateway.as(anna).post(`/session-requests/${gone.id}/reject`, { revision: 0 });
    const ids = async (query: string): Promise<string[]> =>
      (await gateway.as(chloe).get(`/session-requests?${query}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids('')).toEqual([soon.id, agreed.id, gone.id]);
    expect(await ids('status=accepted')).toEqual([agreed.id]);
    expect(await ids('status=accepted,rejected')).toEqual([agreed.id, gone.id]);
    expect(await ids('status=accepted&status=rejected')).toEqual([agreed.id, gone.id]);
    expect(await ids('from=2026-11-28T00:00:00Z')).toEqual([agreed.id, gone.id]);
    expect(await ids('from=2026-11-25T08:30:00Z&to=2026-11-28T08:00:00.000Z')).toEqual([soon.id]);
  });

  it('refuses what makes no sense, and says where', async () => {
    for (const [query, path] of [
      ['limit=0', '/query/limit'],
      ['limit=201', '/query/limit'],
      ['limit=abc', '/query/limit'],
      ['limit=1e1', '/query/limit'],
      ['limit=', '/query/limit'],
      ['limit=1&limit=2', '/query/limit'],
      ['status=open', '/query/status/0'],
      ['status=', '/query/status/0'],
      ['status=pending,pending', '/query/status'],
      ['from=tomorrow', '/query/from'],
      ['from=2026-02-30T00:00:00Z', '/query/from'],
      ['from=2026-12-01T00:00:00Z&to=2026-12-01T00:00:00.000Z', '/query/to'],
      ['cursor=abc', '/query/cursor'],
      ['cursor=', '/query/cursor'],
      [
        `cursor=${Buffer.from('["2026-11-25T08:00:00.000Z","\'; drop"]').toString('base64url')}`,
        '/query/cursor',
      ],
      [`cursor=${Buffer.from('["x"]').toString('base64url')}`, '/query/cursor'],
      ['__proto__=1', '/query/__proto__'],
      ['constructor=1', '/query/constructor'],
      ['colour=red', '/query/colour'],
    ] as const) {
      const { status, body } = await gateway.as(chloe).get(`/session-requests?${query}`);
      expect([query, status, body.code, body.errors?.[0]?.path]).toEqual([
        query,
        400,
        'invalid-request',
        path,
      ]);
    }
  });
});

describe('pending actions', () => {
  it('are what awaits me, soonest deadline first, in pages', async () => {
    const far = await gateway.requested(chloe, anna, 9 * dayMs);
    const near = await gateway.requested(kenji, anna, 3 * dayMs);
    await gateway.requested(anna, chloe, 4 * dayMs);
    const first = await gateway.as(anna).get('/pending-actions?limit=1');
    expect(first.body.items).toEqual([(await gateway.as(anna).get(`/session-requests/${near.id}`)).body]);
    const second = await gateway.as(anna).get(`/pending-actions?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map(({ id }: { id: string }) => id)).toEqual([far.id]);
    expect(second.body.nextCursor).toBeUndefined();
    expect((await gateway.as(anna).get('/me')).body).toEqual({
      id: anna.id, role: 'coach', name: 'Anna Berg', timeZone: 'Europe/Berlin', pendingActions: 2,
      now: startOfTime,
    }); // prettier-ignore
  });

  it('end with their deadline', async () => {
    await gateway.requested(chloe, anna, 2 * hourMs);
    gateway.clock.advanceTo(gateway.clock.now() + hourMs);
    expect((await gateway.as(anna).get('/pending-actions')).body).toEqual({ items: [] });
    expect((await gateway.as(anna).get('/me')).body.pendingActions).toBe(0);
  });
});

describe('the directory', () => {
  it('shows who there is by name, without their e-mail, in pages and by role', async () => {
    const first = await gateway.as(chloe).get('/participants?limit=3');
    expect(first.body.items).toEqual([
      { id: anna.id, name: 'Anna Berg', role: 'coach', timeZone: 'Europe/Berlin' },
      { id: chloe.id, name: 'Chloé Martin', role: 'client', timeZone: 'Europe/Paris' },
      { id: kenji.id, name: 'Kenji <Tanaka>', role: 'client', timeZone: 'Asia/Tokyo' },
    ]);
    const second = await gateway.as(chloe).get(`/participants?limit=3&cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ items: [expect.objectContaining({ id: mateo.id })] });
    const names = async (query: string) =>
      (await gateway.as(chloe).get(`/participants?${query}`)).body.items.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names('role=coach')).toEqual(['Anna Berg', 'Mateo Ruiz']);
    expect(await names('q=ruiz')).toEqual(['Mateo Ruiz']);
    expect((await gateway.as(chloe).get('/participants?role=admin')).body.errors).toEqual([
      { path: '/query/role', message: 'has to be one of: coach, client' },
    ]);
  });
});

describe('reading what was acknowledged', () => {
  it('waits for the read model to come along, for both parties', async () => {
    gateway.projection.paused = true;
    const { id } = await gateway.requested(chloe, anna);
    const reads = [
      gateway.as(chloe).get(`/session-requests/${id}`),
      gateway.as(anna).get('/pending-actions'),
      gateway.as(anna).get('/me'),
    ];
    const early = await Promise.race([
      ...reads,
      new Promise((resolve) => setTimeout(() => resolve('waiting'), 50)),
    ]);
    expect(early).toBe('waiting');
    gateway.projection.paused = false;
    await gateway.projection.catchUp();
    const [one, pending, me] = await Promise.all(reads);
    expect([one?.status, pending?.body.items.length, me?.body.pendingActions]).toEqual([200, 1, 1]);
  });

  it('does not wait for ever: a read shows what there is, and ?atLeast says that it is behind', async () => {
    const { id } = await gateway.requested(chloe, anna);
    gateway.projection.paused = true;
    await gateway.as(anna).post(`/session-requests/${id}/accept`, { revision: 0 });
    const eventually = async (read: Promise<unknown>) => {
      let settled = false;
      void read.then(() => (settled = true));
      while (!settled) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        gateway.timers.elapse(5_000);
      }
    };
    const plain = gateway.as(anna).get(`/session-requests/${id}`);
    await eventually(plain);
    expect((await plain).body).toMatchObject({ revision: 0, status: 'pending' });
    const strict = gateway.as(anna).get(`/session-requests/${id}?atLeast=1`);
    await eventually(strict);
    const { status, body, headers } = await strict;
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'read-model-behind', '1']);
    const unaffected = await gateway.as(kenji).get('/session-requests');
    expect(unaffected.status).toBe(200);
  });

  it('serves ?atLeast at once when the read model is there', async () => {
    const { id } = await gateway.requested(chloe, anna);
    expect((await gateway.as(anna).get(`/session-requests/${id}?atLeast=0`)).status).toBe(200);
    expect((await gateway.as(anna).get(`/session-requests/${id}/history?atLeast=0`)).status).toBe(200);
    expect((await gateway.as(anna).get(`/session-requests/${id}?atLeast=-1`)).body.errors[0]?.path).toBe(
      '/query/atLeast',
    );
  });
});
