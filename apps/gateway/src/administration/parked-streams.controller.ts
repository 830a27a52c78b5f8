import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { Decision, ParkedStreamList, ParkedStreamsQuery, ParkedStreamView } from '@hse/contracts/http';
import type { ParkedStream } from '@hse/event-sourcing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from '../answer.ts';
import { GATEWAY, type GatewayDependencies } from '../dependencies.ts';
import { HttpProblem } from '../http-problem.ts';
import { Describe } from '../route-table.ts';
import { Audit } from './audit.ts';

type Deciding = FastifyRequest<{ Params: { group: string; stream: string }; Body: Decision }>;

const decided = { status: 200, shape: ParkedStreamView } as const;

/** What followers of the log have set aside because an event failed, and what becomes of it. Where nothing is ever parked, the list is empty. */
@Controller('api/v1/admin/parked-streams')
export class ParkedStreamsController {
  readonly #gateway: GatewayDependencies;
  readonly #audit: Audit;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(Audit) audit: Audit) {
    this.#gateway = gateway;
    this.#audit = audit;
  }

  @Get()
  @Describe({
    id: 'listParkedStreams',
    tag: 'Administration',
    scope: 'operations:read',
    summary: 'Session requests that a follower of the log does not follow at present, and why',
    query: ParkedStreamsQuery,
    answer: { status: 200, description: 'All of them, by group and stream.', shape: ParkedStreamList },
  })
  async list(
    @Req() request: FastifyRequest<{ Querystring: ParkedStreamsQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parked = (await this.#gateway.parkedStreams?.list(request.query.group)) ?? [];
    const list: ParkedStreamList = { items: parked.map(viewOf) };
    send(reply, jsonAnswer(200, list));
  }

  @Post(':group/:stream/retry')
  @Describe({
    id: 'retryParkedStream',
    tag: 'Administration',
    scope: 'operations:write',
    summary: 'Have the follower try it again, from the event that failed',
    description:
      'It is off the list once that has succeeded, and parked again when it fails. Also takes back that it was discarded.',
    body: { shape: Decision },
    answer: { ...decided, description: 'It is about to be tried.' },
    problems: ['not-found'],
  })
  async retry(@Req() request: Deciding, @Res() reply: FastifyReply): Promise<void> {
    await this.#decide(request, reply, 'retry');
  }

  @Post(':group/:stream/discard')
  @Describe({
    id: 'discardParkedStream',
    tag: 'Administration',
    scope: 'operations:write',
    summary: 'Leave it out for good',
    description:
      'What the follower makes of this session request stays as it is; the events stay in the log. It stays on the list.',
    body: { shape: Decision },
    answer: { ...decided, description: 'It is left out.' },
    problems: ['not-found'],
  })
  async discard(@Req() request: Deciding, @Res() reply: FastifyReply): Promise<void> {
    await this.#decide(request, reply, 'discarded');
  }

  async #decide(request: Deciding, reply: FastifyReply, decision: 'retry' | 'discarded'): Promise<void> {
    const { group, stream } = request.params;
    const notParked = (): HttpProblem =>
      new HttpProblem('not-found', 'There is no such stream that this group has parked.');
    const { parkedStreams } = this.#gateway;
    const parked = (await parkedStreams?.list(group))?.find((each) => each.stream === stream);
    if (!parkedStreams || !parked) throw notParked();
    await this.#audit.record(request, {
      action: decision === 'retry' ? 'stream-retried' : 'stream-discarded',
      target: stream,
      reason: request.body.reason,
      detail: `group ${group}, from revision ${parked.fromRevision}`,
    });
    if (!(await parkedStreams.decide(group, stream, decision))) throw notParked();
    send(reply, jsonAnswer(200, viewOf({ ...parked, state: decision })));
  }
}

const viewOf = ({
  group,
  stream,
  partition,
  fromRevision,
  reason,
  attempts,
  parkedAt,
  state,
}: ParkedStream): ParkedStreamView => ({
  group,
  stream,
  partition,
  fromRevision,
  reason: reason.slice(0, 2_000),
  attempts,
  parkedAt,
  state,
});
