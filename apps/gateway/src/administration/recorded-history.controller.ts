import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { streamOf } from '@hse/contracts';
import { ReasonQuery, RecordedHistory } from '@hse/contracts/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from '../answer.ts';
import { GATEWAY, type GatewayDependencies } from '../dependencies.ts';
import { HttpProblem } from '../http-problem.ts';
import { Describe } from '../route-table.ts';
import { Audit } from './audit.ts';

const idForm = /^[\w-]{1,64}$/;

@Controller('api/v1/admin/session-requests')
export class RecordedHistoryController {
  readonly #gateway: GatewayDependencies;
  readonly #audit: Audit;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(Audit) audit: Audit) {
    this.#gateway = gateway;
    this.#audit = audit;
  }

  @Get(':id/history')
  @Describe({
    id: 'getRecordedHistory',
    tag: 'Administration',
    scope: 'operations:read',
    summary: 'Everything that was recorded of a session request',
    description:
      'All events with their metadata, as they are in the log: also what the two parties wrote to each other. Who looks says why, and that is ' +
      'in the audit trail before anything is shown.',
    query: ReasonQuery,
    answer: { status: 200, description: 'The events, oldest first.', shape: RecordedHistory },
    problems: ['not-found', 'storage-full'],
  })
  async history(
    @Req() request: FastifyRequest<{ Params: { id: string }; Querystring: ReasonQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = request.params;
    if (!idForm.test(id)) throw new HttpProblem('not-found');
    // Also of what turns out not to be there: who searches is seen.
    await this.#audit.record(request, { action: 'history-read', target: id, reason: request.query.reason });
    const events = await this.#gateway.history.readStream(streamOf({ requestId: id }));
    if (events.length === 0) throw new HttpProblem('not-found', 'There is no session request of this id.');
    const history: RecordedHistory = {
      items: events.map(({ id: eventId, type, revision, position, data, metadata }) => ({
        id: eventId,
        type,
        revision,
        position,
        data,
        metadata: { ...metadata },
      })),
    };
    send(reply, jsonAnswer(200, history));
  }
}
