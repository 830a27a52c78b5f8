import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { Logger } from '@hse/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { htmlHeaders, page } from './html-page.ts';
import { permissionsPolicy, transportSecurity } from './protection/security-headers.ts';

/** Where the web app is built, beside this package: the same from its sources, its build and its image. */
export const siteDirectory = fileURLToPath(new URL('../../web/dist/site', import.meta.url));

/** What the app shows something at; for anything else there is an answer of its own, or none. */
const appRoutes = ['/', '/sessions', '/sessions/*', '/settings', '/settings/*'];

const indexFile = 'index.html';

/** Everything comes from here, but the pictures of participants, which may be anywhere. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: https:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const yearS = 365 * 24 * 3_600;

/**
 * Serves the web app: its page at every route it has, its files beside it. A file with a hash in its name never changes
 * and may be kept for ever; everything else is asked for anew, and answered 304 where it is still the same. What was
 * compressed when the app was built is sent that way. Where the app is not built, the page says so.
 */
export const addWebSite = (
  fastify: FastifyInstance,
  { directory, publicUrl, logger }: { directory: string; publicUrl: string; logger: Logger },
): void => {
  if (!existsSync(join(directory, indexFile))) {
    logger.warn({ directory }, 'the web app is not built: run npm run build');
    for (const url of appRoutes)
      fastify.get(url, (_request, reply) => void reply.code(503).headers(htmlHeaders).send(notBuiltPage));
    return;
  }
  const headers = {
    'content-security-policy': contentPolicy,
    'referrer-policy': 'same-origin',
    'permissions-policy': permissionsPolicy,
    'cross-origin-opener-policy': 'same-origin',
    ...transportSecurity(publicUrl),
  };
  const hashed = join(directory, 'assets');
  // A scope of its own: `sendFile` is for these routes only.
  void fastify.register(async (site) => {
    await site.register(fastifyStatic, {
      root: directory,
      serve: false,
      dotfiles: 'ignore',
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const cacheControl = path.startsWith(hashed) ? `public, max-age=${yearS}, immutable` : 'no-cache';
        void reply.headers({ ...headers, 'cache-control': cacheControl });
      },
    });
    const send =
      (file: (request: FastifyRequest) => string) =>
      (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
        reply.sendFile(file(request));
    for (const url of appRoutes)
      site.get(
        url,
        send(() => indexFile),
      );
    for (const { name } of filesIn(directory))
      site.get(
        `/${name}`,
        send(() => name),
      );
    site.get<{ Params: { '*': string } }>(
      '/assets/*',
      send(({ params }) => `assets/${(params as { '*': string })['*']}`),
    );
  });
};

/** Those beside the page, such as its icon. */
const filesIn = (directory: string) =>
  readdirSync(directory, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== indexFile && !/^\.|\.(br|gz)$/.test(entry.name),
  );

const notBuiltPage = page(
  'Not built',
  `<h1>The web app is not built</h1>
<p>This server has the API, and not the pages that people use. <code>npm run build</code> makes them and
<code>npm start</code> does so by itself; then start the server again.</p>
<p><a href="/api/docs">Documentation of the API</a></p>`,
);
