import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { SessionRequestRecord } from '@hse/contracts';
import { createPresent, streamOf } from '@hse/contracts';
import {
  Acceptance,
  Adjustment,
  CalendarQuery,
  Cancellation,
  FreshnessQuery,
  HistoryList,
  httpLimits,
  NewSessionRequest,
  parseInstant,
  PendingActionsQuery,
  problemOfRejection,
  Rejection,
  SessionRequestList,
  SessionRequestQuery,
  SessionRequestView,
  type HistoryItem,
} from '@hse/contracts/http';
import {
  awaitedAnswer,
  statusOf,
  type Instant,
  type SessionRequestCommand,
  type SessionRequestEvent,
  type Slot,
} from '@hse/session-requests';
import { outcomeOf } from '@hse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send, type Answer } from './answer.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import type { SentCommand } from './follow-requests.ts';
import { Freshness } from './freshness.ts';
import { HttpProblem, otherPartyLeft, unknownOtherParty } from './http-problem.ts';
import { Idempotency } from './idempotency.ts';
import { etagOf, ifMatchProblem, revisionOf } from './if-match.ts';
import { takesPart } from './participants.ts';
import { mostCandidates, PastViews, type PastList } from './past-views.ts';
import { invalidRequest } from './request-validation.ts';
import { Describe } from './route-table.ts';
import { needsTheOther, viewOf, type Dated } from './session-request-view.ts';

type WithId = FastifyRequest<{ Params: { id: string } }>;
type Answering<Body> = FastifyRequest<{ Params: { id: string }; Body: Body }>;

const idForm = /^[\w-]{1,64}$/;
const isInstant = (part: string): boolean => parseInstant(part) === part;
const isId = (part: string): boolean => idForm.test(part);

const page = { status: 200, shape: SessionRequestList } as const;
const answered = {
  status: 200,
  description: 'The new state.',
  shape: SessionRequestView,
  etag: true,
} as const;
const refusals = ['not-a-party', 'already-closed', 'session-started', 'conflict'] as const;
const slotRefusals = ['slot-in-past', 'notice-too-short', 'too-far-ahead', 'invalid-duration'] as const;

const ofThePast =
  ` With \`asOf\`, as it was at that instant: each page is sorted like that in itself, follows today's calendar as a whole, and looks at ` +
  `${mostCandidates} of my session requests at most, so that it can hold fewer than \`limit\`, or none, and still have a \`nextCursor\`.`;

const notAParty = (): HttpProblem =>
  new HttpProblem('not-a-party', 'There is no such session request for this participant.');

@Controller('api/v1')
export class SessionRequestsController {
  readonly #gateway: GatewayDependencies;
  readonly #freshness: Freshness;
  readonly #idempotency: Idempotency;
  readonly #now: () => Instant;
  readonly #past: PastViews;

  constructor(
    @Inject(GATEWAY) gateway: GatewayDependencies,
    @Inject(Freshness) freshness: Freshness,
    @Inject(Idempotency) idempotency: Idempotency,
  ) {
    this.#gateway = gateway;
    this.#freshness = freshness;
    this.#idempotency = idempotency;
    this.#now = createPresent(gateway.clock);
    this.#past = new PastViews(gateway);
  }

  @Post('session-requests')
  @Describe({
    id: 'requestSession',
    tag: 'Session requests',
    summary: 'Ask the other party for a session',
    body: { shape: NewSessionRequest },
    answer: {
      status: 201,
      description: 'The new session request.',
      shape: SessionRequestView,
      etag: true,
      location: true,
    },
    problems: ['same-role', 'unknown-other-party', ...slotRefusals],
  })
  async request(
    @Req() request: FastifyRequest<{ Body: NewSessionRequest }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { with: otherId, note } = request.body;
    const slot = slotOf(request.body);
    const answer = await this.#idempotency.once(request, async (commandId) => {
      const other = await this.#gateway.participants.find(otherId);
      if (!other || !(takesPart(other) || (await this.#hasRecorded(commandId, commandId))))
        throw unknownOtherParty();
      const by = request.participant;
      const command: SessionRequestCommand = {
        type: 'RequestSession',
        // So that a repeat under the same command id is about the same request.
        requestId: commandId,
        by: { id: by.id, role: by.role },
        with: { id: other.id, role: other.role },
        slot,
        ...(note !== undefined && { note }),
      };
      return this.#execute(request, commandId, command, 201);
    });
    send(reply, answer);
  }

  @Post('session-requests/:id/accept')
  @Describe({
    id: 'acceptSession',
    tag: 'Session requests',
    summary: 'Agree to the slot on the table',
    body: { shape: Acceptance, optional: true },
    ifMatch: true,
    answer: answered,
    problems: [...refusals, 'not-awaited', 'nothing-proposed', 'deadline-passed', 'unknown-other-party'],
  })
  accept(@Req() request: Answering<Acceptance>, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(request, reply, (seen) => ({ type: 'AcceptSession', ...seen }));
  }

  @Post('session-requests/:id/reject')
  @Describe({
    id: 'rejectSession',
    tag: 'Session requests',
    summary: 'Decline the slot on the table',
    description: 'An agreed slot stands when a change to it is declined.',
    body: { shape: Rejection, optional: true },
    ifMatch: true,
    answer: answered,
    problems: [...refusals, 'not-awaited', 'nothing-proposed', 'deadline-passed'],
  })
  reject(@Req() request: Answering<Rejection>, @Res() reply: FastifyReply): Promise<void> {
    const { reason } = request.body;
    return this.#answer(request, reply, (seen) => ({
      type: 'RejectSession',
      ...seen,
      ...(reason !== undefined && { reason }),
    }));
  }

  @Post('session-requests/:id/adjust')
  @Describe({
    id: 'adjustSession',
    tag: 'Session requests',
    summary: 'Put another slot on the table',
    body: { shape: Adjustment },
    ifMatch: true,
    answer: answered,
    problems: [...refusals, 'deadline-passed', 'unknown-other-party', 'slot-unchanged', ...slotRefusals],
  })
  adjust(@Req() request: Answering<Adjustment>, @Res() reply: FastifyReply): Promise<void> {
    const { note } = request.body;
    const slot = slotOf(request.body);
    return this.#answer(request, reply, (seen) => ({
      type: 'AdjustSession',
      ...seen,
      slot,
      ...(note !== undefined && { note }),
    }));
  }

  @Post('session-requests/:id/cancel')
  @Describe({
    id: 'cancelSession',
    tag: 'Session requests',
    summary: 'End the request, or take back a change',
    body: { shape: Cancellation, optional: true },
    ifMatch: true,
    answer: answered,
    problems: [...refusals, 'not-the-requester', 'nothing-proposed', 'deadline-passed'],
  })
  cancel(@Req() request: Answering<Cancellation>, @Res() reply: FastifyReply): Promise<void> {
    const { what = 'session', reason } = request.body;
    return this.#answer(request, reply, (seen) => ({
      type: 'CancelSession',
      ...seen,
      what,
      ...(reason !== undefined && { reason }),
    }));
  }

  @Get('session-requests')
  @Describe({
    id: 'listSessionRequests',
    tag: 'Session requests',
    summary: 'My calendar',
    description: `My session requests by the start of their slot, soonest first.${ofThePast}`,
    query: CalendarQuery,
    answer: { ...page, description: 'One page of it.' },
    problems: ['as-of-in-future'],
  })
  async list(
    @Req() request: FastifyRequest<{ Querystring: CalendarQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { cursor, status, limit = httpLimits.pageSize.default } = request.query;
    const from = normalised(request.query.from);
    const to = normalised(request.query.to);
    if (from !== undefined && to !== undefined && from >= to)
      throw invalidRequest([{ path: '/query/to', message: 'has to be later than from' }]);
    const { participant } = request;
    if (request.query.asOf !== undefined) {
      const shows = ({ state }: Dated): boolean =>
        (status === undefined || status.includes(statusOf(state))) &&
        [state.slot, state.proposal?.slot].some((slot) => slot && overlaps(slot, from, to));
      return this.#pastPage(request, reply, this.#past.instantOf(request.query.asOf), {
        name: 'calendar',
        shows,
        sortedBy: ({ state }) => state.slot.startsAt,
      });
    }
    const [startsAt, requestId] = cursor === undefined ? [] : readCursor(cursor, isInstant, isId);
    await this.#freshness.settled(participant.id);
    const records = await this.#gateway.queries.calendar({
      participantId: participant.id,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(status !== undefined && { statuses: status }),
      ...(startsAt !== undefined && requestId !== undefined && { after: { startsAt, requestId } }),
      limit: limit + 1,
    });
    send(
      reply,
      await this.#page(request, records, limit, ({ state }) => [state.slot.startsAt, state.requestId]),
    );
  }

  @Get('pending-actions')
  @Describe({
    id: 'listPendingActions',
    tag: 'Session requests',
    summary: 'What awaits my answer',
    description: `The session requests that I have to answer, soonest deadline first.${ofThePast}`,
    query: PendingActionsQuery,
    answer: { ...page, description: 'One page of them.' },
    problems: ['as-of-in-future'],
  })
  async pendingActions(
    @Req() request: FastifyRequest<{ Querystring: PendingActionsQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { cursor, limit = httpLimits.pageSize.default } = request.query;
    const { participant } = request;
    if (request.query.asOf !== undefined) {
      const now = this.#past.instantOf(request.query.asOf);
      return this.#pastPage(request, reply, now, {
        name: 'pending-actions',
        shows: ({ state }) => {
          const awaited = awaitedAnswer(state);
          return awaited?.participantId === participant.id && awaited.until > now;
        },
        sortedBy: ({ state }) => awaitedAnswer(state)?.until ?? '',
      });
    }
    const [until, requestId] = cursor === undefined ? [] : readCursor(cursor, isInstant, isId);
    await this.#freshness.settled(participant.id);
    const records = await this.#gateway.queries.pendingActions({
      participantId: participant.id,
      now: this.#now(),
      ...(until !== undefined && requestId !== undefined && { after: { until, requestId } }),
      limit: limit + 1,
    });
    send(
      reply,
      await this.#page(request, records, limit, ({ state }) => [
        awaitedAnswer(state)?.until ?? '',
        state.requestId,
      ]),
    );
  }

  @Get('session-requests/:id')
  @Describe({
    id: 'getSessionRequest',
    tag: 'Session requests',
    summary: 'One session request',
    description:
      'With `asOf`, as it was at that instant: without an ETag, because nothing can be decided on a state of the past. ' +
      'Who was what is as the log has it; names and time zones are those of today.',
    query: SessionRequestQuery,
    answer: { status: 200, description: 'Its state.', shape: SessionRequestView, etag: true },
    problems: ['not-a-party', 'read-model-behind', 'as-of-in-future'],
  })
  async one(
    @Req() request: FastifyRequest<{ Params: { id: string }; Querystring: SessionRequestQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = request.params;
    const { atLeast, asOf } = request.query;
    if (asOf !== undefined && atLeast !== undefined)
      throw invalidRequest([{ path: '/query/atLeast', message: 'has no meaning together with asOf' }]);
    const instant = asOf === undefined ? undefined : this.#past.instantOf(asOf);
    if (!idForm.test(id)) throw notAParty();
    if (instant !== undefined) {
      const past = await this.#past.one(request.participant, id, instant);
      if (!past) throw notAParty();
      send(reply, jsonAnswer(200, past));
      return;
    }
    await this.#freshness.settled(request.participant.id);
    let record = await this.#gateway.queries.find(id);
    if (atLeast !== undefined && (record?.state.revision ?? -1) < atLeast) {
      await this.#mustBeParty(request);
      await this.#mustReach(id, atLeast);
      record = await this.#gateway.queries.find(id);
    }
    const view = record && (await this.#view(request, record));
    if (!view) throw notAParty();
    send(reply, jsonAnswer(200, view, { etag: etagOf(view.revision) }));
  }

  @Get('session-requests/:id/history')
  @Describe({
    id: 'getHistory',
    tag: 'Session requests',
    summary: 'Everything that happened to it',
    description: 'The events of a session request, oldest first.',
    query: FreshnessQuery,
    answer: { status: 200, description: 'All of them.', shape: HistoryList },
    problems: ['not-a-party', 'read-model-behind'],
  })
  async history(
    @Req() request: FastifyRequest<{ Params: { id: string }; Querystring: FreshnessQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = request.params;
    const { atLeast = 0 } = request.query;
    await this.#mustBeParty(request);
    const stream = streamOf({ requestId: id });
    let events = await this.#gateway.history.readStream(stream);
    if (events.length <= atLeast) {
      await this.#mustReach(id, atLeast);
      events = await this.#gateway.history.readStream(stream);
    }
    const items: HistoryItem[] = events.map(({ type, revision, metadata, data }) => ({
      type,
      revision,
      at: metadata.recordedAt,
      data,
    }));
    send(reply, jsonAnswer(200, { items } satisfies HistoryList));
  }

  async #answer(
    request: WithId,
    reply: FastifyReply,
    command: (seen: { requestId: string; by: string; expectedRevision: number }) => SessionRequestCommand,
  ): Promise<void> {
    const requestId = request.params.id;
    const header = request.headers['if-match'];
    const expectedRevision = revisionOf(header);
    if (expectedRevision === undefined) {
      await this.#mustBeParty(request);
      throw ifMatchProblem(header);
    }
    if (!idForm.test(requestId)) throw notAParty();
    const answer = await this.#idempotency.once(request, async (commandId) => {
      const sent = command({ requestId, by: request.participant.id, expectedRevision });
      if (needsTheOther.has(sent.type)) await this.#otherMustTakePart(request, commandId);
      return this.#execute(request, commandId, sent, 200);
    });
    send(reply, answer);
  }

  async #execute(
    request: FastifyRequest,
    commandId: string,
    command: SessionRequestCommand,
    status: number,
  ): Promise<Answer> {
    const { traceparent } = request;
    const sent: SentCommand = { type: command.type, requestId: command.requestId, commandId };
    request.command = sent;
    const result = await this.#gateway.bus.execute({
      commandId,
      command,
      correlationId: request.id,
      ...(traceparent !== undefined && { traceparent }),
    });
    sent.outcome = outcomeOf(result);
    const view = result.current && (await this.#view(request, result.current));
    if (!result.ok) {
      const code = problemOfRejection(result.rejection.code);
      if (code !== 'conflict' || !view) throw new HttpProblem(code, result.rejection.detail);
      throw new HttpProblem(code, result.rejection.detail, {
        current: view,
        headers: { etag: etagOf(view.revision) },
      });
    }
    if (!view) throw new Error(`${command.type} succeeded and led to nothing`);
    const { coachId, clientId } = result.current.state;
    this.#freshness.acknowledged([coachId, clientId], view.id, view.revision);
    return jsonAnswer(status, view, {
      etag: etagOf(view.revision),
      ...(status === 201 && { location: `/api/v1/session-requests/${view.id}` }),
    });
  }

  /** Whoever has no part in it gets the decider's answer, which tells nothing of anybody. */
  async #otherMustTakePart(request: WithId, commandId: string): Promise<void> {
    const parties = await this.#partiesOf(request);
    if (!parties) return;
    const { coachId, clientId } = parties;
    const otherId = request.participant.id === coachId ? clientId : coachId;
    if (takesPart(await this.#gateway.participants.find(otherId))) return;
    if (!(await this.#hasRecorded(request.params.id, commandId))) throw otherPartyLeft();
  }

  /** Of a repeat: what was recorded while the other one still took part is answered as it was then. */
  async #hasRecorded(requestId: string, commandId: string): Promise<boolean> {
    const events = await this.#gateway.history.readStream(streamOf({ requestId }));
    return events.some(({ metadata }) => metadata.commandId === commandId);
  }

  async #mustBeParty(request: WithId): Promise<void> {
    if (!(await this.#partiesOf(request))) throw notAParty();
  }

  /** The two, where who asks is one of them. Asks the log, which knows of a request before the read models do. */
  async #partiesOf({ params, participant }: WithId): Promise<SessionRequestEvent['data'] | undefined> {
    const [first] = idForm.test(params.id)
      ? await this.#gateway.history.readStream(streamOf({ requestId: params.id }), { limit: 1 })
      : [];
    return first && isParty(first.data, participant.id) ? first.data : undefined;
  }

  async #mustReach(requestId: string, revision: number): Promise<void> {
    if (await this.#freshness.reached(requestId, revision)) return;
    throw new HttpProblem('read-model-behind', `Revision ${revision} cannot be read yet. Ask again.`, {
      headers: { 'retry-after': '1' },
    });
  }

  /** What was acknowledged to the participant is in the past list, too, once the read models know of it. */
  async #pastPage(
    request: FastifyRequest<{ Querystring: PendingActionsQuery }>,
    reply: FastifyReply,
    asOf: Instant,
    list: Pick<PastList, 'name' | 'shows' | 'sortedBy'>,
  ): Promise<void> {
    const { cursor, limit = httpLimits.pageSize.default } = request.query;
    const viewer = request.participant;
    await this.#freshness.settled(viewer.id);
    const past = await this.#past.page({ viewer, asOf, cursor, limit, ...list });
    send(reply, jsonAnswer(200, past satisfies SessionRequestList));
  }

  async #page(
    request: FastifyRequest,
    records: readonly SessionRequestRecord[],
    limit: number,
    placeOf: (record: SessionRequestRecord) => readonly string[],
  ): Promise<Answer> {
    const shown = records.slice(0, limit);
    const last = shown.at(-1);
    const views = await Promise.all(shown.map((record) => this.#view(request, record)));
    const list: SessionRequestList = {
      items: views.filter((view) => view !== undefined),
      ...(last && records.length > limit && { nextCursor: writeCursor(placeOf(last)) }),
    };
    return jsonAnswer(200, list);
  }

  #view(request: FastifyRequest, dated: Dated): Promise<SessionRequestView | undefined> {
    const { participants, policy } = this.#gateway;
    return viewOf(dated, request.participant, { participants, policy, now: this.#now() });
  }
}

/** Whether it takes place at some time from `from` (inclusive) to `to` (exclusive). */
const overlaps = (slot: Slot, from?: Instant, to?: Instant): boolean =>
  (from === undefined || slot.endsAt > from) && (to === undefined || slot.startsAt < to);

const isParty = ({ coachId, clientId }: SessionRequestEvent['data'], participantId: string): boolean =>
  participantId === coachId || participantId === clientId;

/** Validation has let only instants through. */
const slotOf = ({
  startsAt,
  endsAt,
}: {
  startsAt: string;
  endsAt: string;
}): { startsAt: string; endsAt: string } => ({
  startsAt: parseInstant(startsAt) ?? startsAt,
  endsAt: parseInstant(endsAt) ?? endsAt,
});

const normalised = (instant: string | undefined): string | undefined =>
  instant === undefined ? undefined : parseInstant(instant);
