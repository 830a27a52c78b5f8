import { problemsPath, problemTable } from '@hse/contracts/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import type { OidcSettings } from './dependencies.ts';
import { openApiDocument } from './open-api.ts';
import { escapeHtml, htmlHeaders, page } from './html-page.ts';
import type { RouteTable } from './route-table.ts';

/** Swagger UI has styles of its own in the page; everything comes from here, and nothing is sent elsewhere. */
const swaggerPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** `/api/docs`, `/api/openapi.json` and the table of problem codes; for everybody. */
export const addDocumentation = (
  app: NestFastifyApplication,
  { routes, oidc }: { routes: RouteTable; oidc: OidcSettings },
): void => {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs'))
      route.onRequest = (_request, reply, done) => {
        reply.header('content-security-policy', swaggerPolicy).header('referrer-policy', 'no-referrer');
        done();
      };
  });
  // Asked for when the first reader comes; by then every route is known. Its types are those of OpenAPI 3.0.
  const document = (): OpenAPIObject => openApiDocument(routes.routes, oidc) as unknown as OpenAPIObject;
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Session requests: API',
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: {
      // Without it the page asks a validator on the internet.
      validatorUrl: null,
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      defaultModelsExpandDepth: 0,
      oauth2RedirectUrl: `${new URL(oidc.issuer).origin}/api/docs/oauth2-redirect.html`,
      initOAuth: { clientId: 'web', usePkceWithAuthorizationCodeGrant: true, scopes: ['openid', 'profile'] },
    },
  });
  fastify.get(problemsPath, (_request, reply) => {
    void reply.headers(htmlHeaders).send(problemsPage);
  });
};

const problemsPage = page(
  'Problem codes',
  `<h1>Problem codes</h1>
<p>Every error of the API is <code>application/problem+json</code> with one of these codes. They are stable.</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>
${Object.entries(problemTable)
  .map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  )
  .join('\n')}
</tbody></table>`,
  { wide: true },
);
