import { STATUS_CODES } from 'node:http';
import {
  httpLimits,
  jsonSchemas,
  problem,
  problemTable,
  type JsonSchema,
  type ProblemCode,
  type ShapeClass,
} from '@hse/contracts/http';
import { scopes } from './administration/scopes.ts';
import { pageHeader } from './browser-session/cross-site.ts';
import { discoveryUrlOf } from './oidc/remote-keys.ts';
import type { Operation, Route } from './route-table.ts';

type Json = Readonly<Record<string, unknown>>;

const refTo = (shape: ShapeClass): Json => ({ $ref: `#/components/schemas/${shape.name}` });

/**
 * An OpenAPI 3.1 document of the routes that Fastify has registered, from the schemas that it validates with.
 * @param issuer of the access tokens.
 */
export const openApiDocument = (routes: readonly Route[], issuer: string): Json => {
  const schemas = jsonSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const { url, methods, operation } of routes) {
    if (!operation) continue;
    const path = url.replace(/:(\w+)/g, '{$1}');
    for (const method of methods) {
      // Fastify answers HEAD wherever it answers GET; that needs no description of its own.
      if (method === 'HEAD') continue;
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, method, path, schemas) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Session requests',
      version: '1',
      summary: 'A coach or a client asks for a session; the other party answers.',
      description:
        'Instants are ISO-8601 in UTC. Every error is `application/problem+json` (RFC 9457) with a stable `code`; [the table of ' +
        'codes](/api/problems) lists all of them. Answers to a session request name the state they were decided on: send its ETag ' +
        'as `If-Match`. Any POST can be repeated safely with an `Idempotency-Key`: the same key and body get the first answer again.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Session requests', description: 'Ask, answer, look.' },
      { name: 'Participants', description: 'Coaches and clients.' },
      { name: 'Notifications', description: 'What happened, with reasons.' },
      { name: 'Live updates', description: 'Server-sent events.' },
      ...(routes.some(({ operation }) => operation?.tag === 'Clock')
        ? [{ name: 'Clock', description: 'The test clock.' }]
        : []),
      {
        name: 'Administration',
        description:
          'For programs and people with an access token that has the scope named with each; the session of a browser never does. They take no part.',
      },
      { name: 'Operation', description: 'For whoever runs it.' },
    ],
    paths,
    components: {
      schemas,
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request.',
          schema: {
            type: 'string',
            minLength: 1,
            maxLength: 255,
            pattern: '^[\\x21-\\x7e]+$',
            examples: ['4a1c8e6e-7c1f-4c43-9d7e-0d4c3e0c9f10'],
          },
        },
        OptionalIfMatch: {
          name: 'If-Match',
          in: 'header',
          description:
            'The ETag of the state that is to be replaced, exactly one. Default: whatever is there.',
          schema: { type: 'string', pattern: '^"(0|[1-9]\\d*)"$', examples: ['"1"'] },
        },
        IfMatch: {
          name: 'If-Match',
          in: 'header',
          required: true,
          description: 'The ETag of the state that was decided on, exactly one.',
          schema: { type: 'string', pattern: '^"(0|[1-9]\\d*)"$', examples: ['"0"'] },
        },
        LastEventId: {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'Id of the last event received: resume after it.',
          schema: { type: 'string', pattern: '^(0|[1-9]\\d*)$', examples: ['4711'] },
        },
      },
      headers: {
        ETag: { description: 'The revision in quotes.', schema: { type: 'string', examples: ['"0"'] } },
        Location: {
          description: 'Where it can be read.',
          schema: { type: 'string', format: 'uri-reference' },
        },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'string', examples: ['1'] } },
        WwwAuthenticate: { description: 'RFC 6750.', schema: { type: 'string' } },
        Allow: { description: 'What can be done here.', schema: { type: 'string' } },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the issuer.',
        },
        logIn: {
          type: 'openIdConnect',
          openIdConnectUrl: discoveryUrlOf(issuer),
          description: 'Authorization code with PKCE; client id `web`, no secret.',
        },
        operator: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `An access token with the scope that is named with the operation, as the issuer gives it to a program for itself (client credentials), or to a person who may ask for it. ${Object.entries(
            scopes,
          )
            .map(([scope, meaning]) => `\`${scope}\`: ${meaning}`)
            .join(' ')}`,
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-session',
          description:
            'For pages of this server: `/auth/login?returnTo=/path` leads over the issuer back to that path, with this cookie (`session` over http on ' +
            `localhost); \`POST /auth/logout\` ends it and says in \`location\` where to go next. With the cookie, every request that changes something needs the header \`${pageHeader.name}: ${pageHeader.value}\`. ` +
            'An access token, where there is one, counts instead.',
        },
      },
    },
  };
};

const describe = (
  operation: Operation,
  method: string,
  path: string,
  schemas: Readonly<Record<string, JsonSchema>>,
): Json => {
  const needsToken = path.startsWith('/api/v1/');
  const { scope, ifMatch } = operation;
  // Ids of session requests are ours; those of participants are whatever their issuer says.
  const maxLength = scope ? httpLimits.idLength : 64;
  const parameters: Json[] = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength },
  }));
  if (ifMatch)
    parameters.push({
      $ref: `#/components/parameters/${ifMatch === 'optional' ? 'OptionalIfMatch' : 'IfMatch'}`,
    });
  if (operation.lastEventId) parameters.push({ $ref: '#/components/parameters/LastEventId' });
  if (method === 'POST' && !scope) parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  if (operation.query) parameters.push(...queryParameters(schemas[operation.query.name] ?? {}));
  const { body, answer } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    security: scope
      ? [{ operator: [scope] }]
      : needsToken
        ? [{ bearer: [] }, { logIn: [] }, { session: [] }]
        : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.optional !== true,
        description: `Up to ${httpLimits.bodyBytes} bytes.`,
        content: {
          'application/json': { schema: refTo(body.shape), example: exampleOf(refTo(body.shape), schemas) },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        [answer, ...(answer.also ? [answer.also] : [])].map(({ status, description }) => [
          status,
          success(answer, description, schemas),
        ]),
      ),
      ...problemResponses(operation, method, needsToken),
    },
  };
};

const success = (
  answer: Operation['answer'],
  description: string,
  schemas: Readonly<Record<string, JsonSchema>>,
): Json => ({
  description,
  ...((answer.etag || answer.location) && {
    headers: {
      ...(answer.etag && { ETag: { $ref: '#/components/headers/ETag' } }),
      ...(answer.location && { Location: { $ref: '#/components/headers/Location' } }),
    },
  }),
  content: answer.shape
    ? {
        'application/json': {
          schema: refTo(answer.shape),
          example: exampleOf(refTo(answer.shape), schemas),
        },
      }
    : {
        [answer.mediaType ?? 'application/json']: {
          schema: answer.mediaType === 'text/event-stream' ? { type: 'string' } : { type: 'object' },
        },
      },
});

const queryParameters = (schema: JsonSchema): Json[] => {
  const required = (schema['required'] ?? []) as readonly string[];
  return Object.entries(schema['properties'] as Record<string, JsonSchema>).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: 'query',
      ...(required.includes(name) && { required: true }),
      ...(description !== undefined && { description }),
      schema: rest,
      ...(rest['type'] === 'array' && { style: 'form', explode: false }),
    };
  });
};

const headersOfStatus: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } },
  412: { ETag: { $ref: '#/components/headers/ETag' } },
  429: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
  503: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
};

const problemResponses = (operation: Operation, method: string, needsToken: boolean): Json => {
  const { problems = [], scope, query, body, ifMatch, lastEventId } = operation;
  const codes: ProblemCode[] = [
    ...(query || body || lastEventId || method === 'POST' ? (['invalid-request'] as const) : []),
    ...(body
      ? (['malformed-json', 'body-too-large', 'unsupported-media-type', 'request-timeout'] as const)
      : []),
    ...(needsToken
      ? ([
          'unauthenticated',
          scope ? 'insufficient-scope' : 'unknown-participant',
          'too-many-requests',
          'overloaded',
          'unavailable',
        ] as const)
      : []),
    ...(needsToken && !scope && method !== 'GET' ? (['cross-site-request'] as const) : []),
    ...(ifMatch === true ? (['if-match-required'] as const) : []),
    ...(method === 'POST' && !scope ? (['idempotency-key-reused', 'storage-full'] as const) : []),
    ...problems,
    'internal-error',
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => problemTable[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, inStatus]) => [
      status,
      {
        description: `${STATUS_CODES[status]}: ${inStatus.map((code) => `\`${code}\``).join(', ')}`,
        ...(headersOfStatus[status] && { headers: headersOfStatus[status] }),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/ProblemView' },
            examples: Object.fromEntries(
              inStatus.map((code) => [code, { summary: problemTable[code].title, value: problem(code) }]),
            ),
          },
        },
      },
    ]),
  );
};

/** Put together from the examples of the fields; what may be missing is shown where it has one. */
const exampleOf = (schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): unknown => {
  const {
    $ref,
    examples,
    type,
    properties,
    items,
    enum: words,
    oneOf,
    minimum,
  } = schema as {
    $ref?: string;
    examples?: unknown[];
    type?: string;
    properties?: Record<string, JsonSchema>;
    items?: JsonSchema;
    enum?: unknown[];
    oneOf?: JsonSchema[];
    minimum?: number;
  };
  if (examples) return examples[0];
  if ($ref !== undefined) return exampleOf(schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}, schemas);
  // Of what may be null, an open session request has a proposal only.
  if (oneOf)
    return oneOf[0]?.['$ref'] === '#/components/schemas/ProposalView' ? exampleOf(oneOf[0], schemas) : null;
  if (words) return words[0];
  if (type === 'array') return items && !items['enum'] ? [exampleOf(items, schemas)] : [];
  if (type === 'object') {
    const required = (schema['required'] ?? []) as string[];
    return Object.fromEntries(
      Object.entries(properties ?? {})
        .filter(([name, property]) => required.includes(name) || property['examples'])
        .map(([name, property]) => [name, exampleOf(property, schemas)]),
    );
  }
  if (type === 'boolean') return false;
  return type === 'integer' ? (minimum ?? 0) : 'text';
};
