import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemTable, type ProblemCode } from '@hse/contracts/http';
import { everyScope } from './administration/scopes.ts';
import { authorizationTable, callers, type Caller } from './testing/authorization-table.ts';
import { TestBrowser } from './testing/browser.ts';
import {
  anna,
  answered,
  chloe,
  forgedToken,
  kenji,
  mateo,
  startGateway,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
let operations: { key: string; needsToken: boolean }[];
let credentials: Readonly<Record<Caller, Record<string, string>>>;

const bearer = async (claims: Record<string, unknown>): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await forgedToken({ claims })}`,
});

beforeAll(async () => {
  gateway = await startGateway();
  const { paths } = (await gateway.fastify.inject({ url: '/api/openapi.json' })).json<{
    paths: Record<string, Record<string, { security: object[] }>>;
  }>();
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { security }]) => ({
      key: `${method} ${path}`,
      needsToken: security.length > 0,
    })),
  );
  const browser = new TestBrowser(gateway.fastify);
  await browser.logIn('anna');
  const now = Math.floor(Date.now() / 1_000);
  credentials = {
    anonymous: {},
    expiredToken: await bearer({ sub: anna.id, iat: now - 700, exp: now - 100 }),
    wrongAudience: await bearer({ sub: anna.id, aud: 'another-api' }),
    wrongParty: await bearer({ sub: mateo.id }),
    otherRole: await bearer({ sub: kenji.id }),
    requester: await bearer({ sub: chloe.id }),
    awaited: await bearer({ sub: anna.id }),
    operator: await bearer({ sub: 'op-1', scope: everyScope }),
    observer: await bearer({ sub: 'op-2', scope: 'operations:read' }),
    sessionWithoutHeader: { cookie: `session=${browser.cookies.get('session')?.value ?? ''}` },
  };
});
afterAll(() => gateway.close());

describe('who may do what', () => {
  it('is said for every operation of the OpenAPI document, and for nothing else', () => {
    expect(Object.keys(authorizationTable).sort()).toEqual(operations.map(({ key }) => key).sort());
  });

  it('is said in the document, too: whatever needs a token refuses who has none', () => {
    for (const { key, needsToken } of operations)
      expect([key, authorizationTable[key]?.outcomes.anonymous === 'unauthenticated']).toEqual([
        key,
        needsToken,
      ]);
  });

  it.each(Object.entries(authorizationTable))('%s', async (key, { attempt, outcomes }) => {
    const [method = '', path = ''] = key.split(' ');
    const found: Record<string, unknown> = {};
    for (const caller of callers) {
      const { id = '', query, body, headers, method: other } = (await attempt?.(gateway, caller)) ?? {};
      const before = (await gateway.log()).length;
      const answer = answered(
        await gateway.fastify.inject({
          method: other ?? method.toUpperCase(),
          url: path.replace(/\{\w+\}/g, id) + (query === undefined ? '' : `?${query}`),
          headers: {
            ...credentials[caller],
            ...headers,
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { payload: JSON.stringify(body) }),
        }),
      );
      const isFine = answer.status < 400;
      // Without a body, as for HEAD, the status has to do.
      const expected = outcomes[caller];
      const code = answer.body.code ?? (typeof expected === 'string' ? expected : undefined);
      found[caller] = isFine ? answer.status : code;
      if (!isFine) {
        expect([caller, answer.status]).toEqual([caller, problemTable[code as ProblemCode]?.status]);
        expect([caller, (await gateway.log()).length]).toEqual([caller, before]);
      }
    }
    expect(found).toEqual(outcomes);
  });
});
