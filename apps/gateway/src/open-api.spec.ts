import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemTable } from '@hse/contracts/http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { scopes } from './administration/scopes.ts';
import {
  anna,
  audience,
  chloe,
  dayMs,
  forgedToken,
  startGateway,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

interface Content {
  readonly [mediaType: string]: {
    readonly example?: unknown;
    readonly examples?: Record<string, { readonly value: unknown }>;
  };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content: Content }>;
}

let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, object> };
};
let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGateway();
  document = (await gateway.fastify.inject({ url: '/api/openapi.json' })).json<typeof document>();
});
afterAll(() => gateway.close());

const operatorWith = (scope: string) => async (path: string) =>
  gateway.fastify.inject({
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${await forgedToken({ claims: { sub: 'op-1', scope } })}` },
  });

const operations = (): { method: string; path: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect([result.errors, result.valid]).toEqual([undefined, true]);
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every route of the API', () => {
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([
      'get /api/v1/admin/audit',
      'get /api/v1/admin/health',
      'get /api/v1/admin/parked-streams',
      'get /api/v1/admin/session-requests/{id}/history',
      'get /api/v1/clock',
      'get /api/v1/live',
      'get /api/v1/me',
      'get /api/v1/notifications',
      'get /api/v1/participants',
      'get /api/v1/participants/{id}',
      'get /api/v1/pending-actions',
      'get /api/v1/session-requests',
      'get /api/v1/session-requests/{id}',
      'get /api/v1/session-requests/{id}/history',
      'get /api/v1/slot-preview',
      'get /health',
      'get /livez',
      'get /readyz',
      'post /api/v1/admin/parked-streams/{group}/{stream}/discard',
      'post /api/v1/admin/parked-streams/{group}/{stream}/retry',
      'post /api/v1/clock/advance',
      'post /api/v1/notifications/read',
      'post /api/v1/session-requests',
      'post /api/v1/session-requests/{id}/accept',
      'post /api/v1/session-requests/{id}/adjust',
      'post /api/v1/session-requests/{id}/cancel',
      'post /api/v1/session-requests/{id}/reject',
      'put /api/v1/participants/{id}',
    ]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows examples that fit their schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    let examples = 0;
    const check = (at: string, content: Content): void => {
      for (const [type, { example, examples: several = {} }] of Object.entries(content)) {
        const pointer = `api#${`${at}/content/${type.replaceAll('/', '~1')}/schema`.replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
        for (const value of [
          ...(example === undefined ? [] : [example]),
          ...Object.values(several).map((entry) => entry.value),
        ]) {
          const fits = ajv.validate({ $ref: pointer }, value);
          expect([pointer, ajv.errorsText(), fits]).toEqual([pointer, 'No errors', true]);
          examples += 1;
        }
      }
    };
    for (const { method, path, operation } of operations()) {
      const at = `/paths/${path.replaceAll('/', '~1')}/${method}`;
      if (operation.requestBody) check(`${at}/requestBody`, operation.requestBody.content);
      for (const [status, response] of Object.entries(operation.responses))
        check(`${at}/responses/${status}`, response.content);
    }
    expect(examples).toBeGreaterThan(100);
  });

  it('names only codes of the table, under their status', () => {
    for (const { operation } of operations())
      for (const [status, { content }] of Object.entries(operation.responses))
        for (const code of Object.keys(content['application/problem+json']?.examples ?? {}))
          expect([code, problemTable[code as keyof typeof problemTable].status]).toEqual([
            code,
            Number(status),
          ]);
  });

  it('describes what the API answers', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const fits = (shape: string, value: unknown): void => {
      const valid = ajv.validate({ $ref: `api#/components/schemas/${shape}` }, value);
      expect([shape, ajv.errorsText(), valid]).toEqual([shape, 'No errors', true]);
    };
    const request = await gateway.requested(chloe, anna);
    fits('SessionRequestView', request);
    const accepted = await gateway.as(anna).post(`/session-requests/${request.id}/accept`, { revision: 0 });
    fits('SessionRequestView', accepted.body);
    fits(
      'ProblemView',
      (await gateway.as(anna).post(`/session-requests/${request.id}/accept`, { revision: 0 })).body,
    );
    fits('ProblemView', (await gateway.as(anna).post('/session-requests', { body: { x: 1 } })).body);
    const cancelled = await gateway
      .as(anna)
      .post(`/session-requests/${request.id}/cancel`, { revision: 1, body: { reason: 'Ill' } });
    fits('SessionRequestView', cancelled.body);
    await gateway.requested(chloe, anna, 3 * dayMs);
    fits('SessionRequestList', (await gateway.as(anna).get('/session-requests?limit=1')).body);
    fits('SessionRequestList', (await gateway.as(anna).get('/pending-actions')).body);
    fits(
      'SlotPreviewView',
      (
        await gateway
          .as(chloe)
          .get(`/slot-preview?with=${anna.id}&${new URLSearchParams(gateway.slotIn(3 * dayMs)).toString()}`)
      ).body,
    );
    fits('HistoryList', (await gateway.as(anna).get(`/session-requests/${request.id}/history`)).body);
    fits('ParticipantList', (await gateway.as(anna).get('/participants?limit=1')).body);
    fits('NotificationList', (await gateway.as(chloe).get('/notifications?limit=1')).body);
    fits('UnreadView', (await gateway.as(chloe).post('/notifications/read')).body);
    fits('MeView', (await gateway.as(chloe).get('/me')).body);
    const administration = operatorWith(Object.keys(scopes).join(' '));
    fits('KeptParticipant', (await administration(`/participants/${anna.id}`)).json());
    fits(
      'RecordedHistory',
      (await administration(`/admin/session-requests/${request.id}/history?reason=why`)).json(),
    );
    fits('AuditList', (await administration('/admin/audit')).json());
    fits('HealthDetails', (await administration('/admin/health')).json());
    fits('HealthView', (await gateway.fastify.inject({ url: '/health' })).json());
    fits('ParkedStreamList', (await administration('/admin/parked-streams')).json());
    fits('ClockView', (await gateway.as(chloe).get('/clock')).body);
  });
});

describe('the way to log in', () => {
  it('is the one that the issuer describes, and a token from there is for every route that needs one', () => {
    expect(document.components.securitySchemes).toEqual({
      bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }) as object,
      operator: expect.objectContaining({ type: 'http', scheme: 'bearer' }) as object,
      logIn: expect.objectContaining({
        type: 'openIdConnect',
        openIdConnectUrl: 'http://localhost:3000/oidc/.well-known/openid-configuration',
      }) as object,
      session: expect.objectContaining({ type: 'apiKey', in: 'cookie', name: '__Host-session' }) as object,
    });
    for (const { path, operation } of operations().filter(
      ({ operation: { tags } }) => tags[0] !== 'Administration',
    ))
      expect([path, operation.security]).toEqual([
        path,
        path.startsWith('/api/v1/') ? [{ bearer: [] }, { logIn: [] }, { session: [] }] : [],
      ]);
  });

  it('is another one for the administration: a token with a scope of the list, and no session', () => {
    const administration = operations().filter(({ operation: { tags } }) => tags[0] === 'Administration');
    expect(administration).toHaveLength(8);
    for (const { path, operation } of administration)
      expect([path, operation.security]).toEqual([
        path,
        [{ operator: [expect.stringMatching(new RegExp(`^(${Object.keys(scopes).join('|')})$`))] }],
      ]);
  });

  it('may be that of an issuer elsewhere, to which the page may send requests and which sends back here', async () => {
    const issuer = 'https://id.example.org/realms/hse/';
    const elsewhere = await startGateway({
      override: (dependencies) => ({
        ...dependencies,
        oidc: { issuer, audience, keys: gateway.issuer.keys },
      }),
    });
    const get = (url: string) => elsewhere.fastify.inject({ url });
    expect((await get('/api/openapi.json')).json<typeof document>().components.securitySchemes).toMatchObject(
      {
        logIn: { openIdConnectUrl: 'https://id.example.org/realms/hse/.well-known/openid-configuration' },
      },
    );
    expect((await get('/api/docs')).headers['content-security-policy']).toContain(
      "connect-src 'self' https://id.example.org;",
    );
    expect((await get('/api/docs/swagger-ui-init.js')).payload).toContain(
      '"oauth2RedirectUrl": "http://localhost:3000/api/docs/oauth2-redirect.html"',
    );
    await elsewhere.close();
  });
});

describe('the page at /api/docs', () => {
  it('loads nothing from elsewhere', async () => {
    const page = await gateway.fastify.inject({ url: '/api/docs' });
    expect([page.statusCode, page.headers['content-security-policy']]).toEqual([
      200,
      expect.stringContaining("default-src 'self'"),
    ]);
    const sources = [...page.payload.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      const { pathname, origin } = new URL(source, 'http://localhost/api/docs');
      expect([source, origin, (await gateway.fastify.inject({ url: pathname })).statusCode]).toEqual([
        source,
        'http://localhost',
        200,
      ]);
    }
    const settings = (await gateway.fastify.inject({ url: '/api/docs/swagger-ui-init.js' })).payload;
    expect(settings).toContain('"validatorUrl": null');
  });
});
