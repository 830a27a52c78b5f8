import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http-problem.ts';

/** The header that pages of this server send with whatever changes something. */
export const pageHeader = { name: 'x-requested-with', value: 'session-requests-web' } as const;

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site made a browser send along with its cookie (cross-site request forgery): a form or an image cannot set the
 * header, and a script elsewhere would have to ask first, which nobody answers. Where the browser says who asks, that has to fit as well.
 * @param origin of the pages of this server.
 * @throws HttpProblem `cross-site-request`
 */
export const refuseCrossSite = ({ method, headers }: FastifyRequest, origin: string): void => {
  if (harmless.has(method)) return;
  const { origin: from, 'sec-fetch-site': site } = headers;
  if (headers[pageHeader.name] !== pageHeader.value)
    throw new HttpProblem(
      'cross-site-request',
      `With a session cookie, what changes something needs the header ${pageHeader.name}: ${pageHeader.value}.`,
    );
  if ((from !== undefined && from !== origin) || (site !== undefined && site !== 'same-origin'))
    throw new HttpProblem('cross-site-request', `This can only be asked for by pages of ${origin}.`);
};
