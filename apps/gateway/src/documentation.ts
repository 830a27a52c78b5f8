import { problemsPath, problemTable } from '@hse/contracts/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { escapeHtml, htmlHeaders, page } from './html-page.ts';
import { webClientId } from './oidc/embedded-issuer.ts';
import { openApiDocument } from './open-api.ts';
import type { RouteTable } from './route-table.ts';

/** Swagger UI has styles of its own in the page; everything comes from here, and nothing is sent elsewhere but to the issuer. */
const swaggerPolicy = (issuer: string): string =>
  `default-src 'self'; connect-src 'self' ${new URL(issuer).origin}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

interface SwaggerResponse {
  readonly ok: boolean;
  readonly url: string;
  readonly text: string;
}

/**
 * Of what the issuer offers in its discovery document, keeps the way to log in that the page is set up for: Swagger UI
 * would show a form for every grant type and every scope that there is. The page gets the text of this function and runs
 * it in the browser, so it may use nothing from around it.
 */
const onlyLogInByCode = (response: SwaggerResponse): SwaggerResponse => {
  if (!response.ok || !response.url.endsWith('/.well-known/openid-configuration')) return response;
  const offered = JSON.parse(response.text) as object;
  return {
    ...response,
    text: JSON.stringify({
      ...offered,
      grant_types_supported: ['authorization_code'],
      scopes_supported: ['openid', 'profile'],
    }),
  };
};

/**
 * `/api/docs`, `/api/openapi.json` and the table of problem codes; for everybody. Who logs in there does so at the issuer,
 * which the browser asks where to; its token endpoint has to be on the issuer's own origin and allow requests from here.
 * @param publicUrl where browsers reach this server: the issuer sends them back there.
 */
export const addDocumentation = (
  app: NestFastifyApplication,
  { routes, issuer, publicUrl }: { routes: RouteTable; issuer: string; publicUrl: string },
): void => {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const policy = swaggerPolicy(issuer);
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs'))
      route.onRequest = (_request, reply, done) => {
        reply.header('content-security-policy', policy).header('referrer-policy', 'no-referrer');
        done();
      };
  });
  // Asked for when the first reader comes; by then every route is known. Its types are those of OpenAPI 3.0.
  const document = (): OpenAPIObject => openApiDocument(routes.routes, issuer) as unknown as OpenAPIObject;
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
      oauth2RedirectUrl: `${publicUrl}/api/docs/oauth2-redirect.html`,
      responseInterceptor: onlyLogInByCode,
      initOAuth: {
        clientId: webClientId,
        usePkceWithAuthorizationCodeGrant: true,
        scopes: ['openid', 'profile'],
      },
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
