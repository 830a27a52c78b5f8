import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveConnections } from './live-updates.ts';
import { invalidRequest } from './request-validation.ts';
import { Describe } from './route-table.ts';

@Controller('api/v1/live')
export class LiveController {
  readonly #connections: LiveConnections;

  constructor(@Inject(LiveConnections) connections: LiveConnections) {
    this.#connections = connections;
  }

  @Get()
  @Describe({
    id: 'listen',
    tag: 'Live updates',
    summary: 'What changes for me, as it changes',
    description:
      'Server-sent events. First `ready` (LiveReady), then one `session-request` (LiveChange) for each change of a session request of ' +
      'mine; the id of an event is its position in the log. With Last-Event-ID: what changed since, at most one event for each ' +
      'session request, then what comes. A comment every 15 s is a sign of life. Ends when the token expires, after a log-out, ' +
      'when the participant takes part no more and when the server stops; a reader that is too slow is cut off. Resume with the last id.',
    lastEventId: true,
    answer: { status: 200, description: 'A stream without end.', mediaType: 'text/event-stream' },
    problems: ['too-many-connections'],
  })
  listen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const lastEventId = positionIn(request.headers['last-event-id']);
    const { participant, tokenExpiresAtMs: expiresAtMs, whenSessionOver: whenOver } = request;
    this.#connections.mustHaveRoom(participant.id);
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Whoever comes back connects anew, and not to a server that is about to go.
      connection: 'close',
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      raw.end();
      return;
    }
    raw.flushHeaders();
    void this.#connections.open(participant, raw, lastEventId, { expiresAtMs, whenOver });
  }
}

const positionIn = (header: string | string[] | undefined): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^(0|[1-9]\d{0,14})$/.test(header)) return Number(header);
  throw invalidRequest([
    { path: '/header/last-event-id', message: 'has to be the id of an event, in digits' },
  ]);
};
