import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { createPresent } from '@hse/contracts';
import {
  httpLimits,
  parseInstant,
  SlotPreviewQuery,
  SlotPreviewView,
  type SessionRequestView,
} from '@hse/contracts/http';
import {
  decide,
  otherRole,
  roleOf,
  type Instant,
  type Role,
  type SessionRequest,
  type SessionRequestCommand,
  type Slot,
} from '@hse/session-requests';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import { Freshness } from './freshness.ts';
import { HttpProblem, unknownOtherParty } from './http-problem.ts';
import { takesPart } from './participants.ts';
import { invalidRequest } from './request-validation.ts';
import { respondByRule } from './respond-by-rule.ts';
import { Describe } from './route-table.ts';
import { viewOf } from './session-request-view.ts';

type Previewing = FastifyRequest<{ Querystring: SlotPreviewQuery }>;

/** What would be asked of the domain, and of whom an answer. */
interface Proposing {
  readonly command: SessionRequestCommand;
  readonly state?: SessionRequest;
  readonly awaiting: Role;
  readonly requestedBy: Role;
}

@Controller('api/v1/slot-preview')
export class SlotPreviewController {
  readonly #gateway: GatewayDependencies;
  readonly #freshness: Freshness;
  readonly #now: () => Instant;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(Freshness) freshness: Freshness) {
    this.#gateway = gateway;
    this.#freshness = freshness;
    this.#now = createPresent(gateway.clock);
  }

  @Get()
  @Describe({
    id: 'previewSlot',
    tag: 'Session requests',
    summary: 'What proposing a slot would mean',
    description:
      'By when the other party would have to answer, or why the slot would be refused, and what else I have at that time. ' +
      'Nothing is recorded or reserved. Exactly one of `with` and `adjust` has to be given.',
    query: SlotPreviewQuery,
    answer: { status: 200, description: 'As of now.', shape: SlotPreviewView },
    problems: ['not-a-party', 'unknown-other-party'],
  })
  async preview(@Req() request: Previewing, @Res() reply: FastifyReply): Promise<void> {
    const { query, participant } = request;
    if ((query.with === undefined) === (query.adjust === undefined))
      throw invalidRequest([{ path: '/query/with', message: 'exactly one of with and adjust is needed' }]);
    // Validation has let only instants through.
    const slot: Slot = {
      startsAt: parseInstant(query.startsAt) ?? query.startsAt,
      endsAt: parseInstant(query.endsAt) ?? query.endsAt,
    };
    await this.#freshness.settled(participant.id);
    const { command, state, awaiting, requestedBy } =
      query.adjust === undefined
        ? await this.#asking(request, query.with ?? '', slot)
        : await this.#adjusting(request, query.adjust, slot);
    const now = this.#now();
    const { policy } = this.#gateway;
    const { events, rejection } = decide(command, state, { now, policy });
    const [event] = events ?? [];
    const promised =
      event?.type === 'SessionRequested' || event?.type === 'SessionAdjusted' ? event.data : undefined;
    const rule =
      promised && respondByRule(policy, { ...promised, proposedBy: otherRole(awaiting) }, requestedBy, now);
    const preview: SlotPreviewView = {
      awaiting,
      ...(promised && { respondBy: promised.respondBy }),
      ...(rule !== undefined && { respondByRule: rule }),
      // What cannot be proposed at all is refused in the words of the command that would propose it.
      ...(rejection && { refusal: rejection as SlotPreviewView['refusal'] & object }),
      overlaps: await this.#overlaps(request, slot, now),
    };
    send(reply, jsonAnswer(200, preview));
  }

  async #asking({ participant }: Previewing, otherId: string, slot: Slot): Promise<Proposing> {
    const other = await this.#gateway.participants.find(otherId);
    if (!takesPart(other)) throw unknownOtherParty();
    return {
      command: {
        type: 'RequestSession',
        requestId: 'preview',
        by: { id: participant.id, role: participant.role },
        with: { id: other.id, role: other.role },
        slot,
      },
      awaiting: other.role,
      requestedBy: participant.role,
    };
  }

  async #adjusting({ participant }: Previewing, requestId: string, slot: Slot): Promise<Proposing> {
    const state = (await this.#gateway.queries.find(requestId))?.state;
    const role = state && roleOf(state, participant.id);
    if (!role) throw new HttpProblem('not-a-party', 'There is no such session request for this participant.');
    const { revision, requestedBy } = state;
    return {
      command: { type: 'AdjustSession', requestId, by: participant.id, expectedRevision: revision, slot },
      state,
      awaiting: otherRole(role),
      requestedBy,
    };
  }

  async #overlaps(
    { participant, query }: Previewing,
    { startsAt, endsAt }: Slot,
    now: Instant,
  ): Promise<SessionRequestView[]> {
    if (startsAt >= endsAt) return [];
    const { queries, participants, policy } = this.#gateway;
    const { default: limit } = httpLimits.pageSize;
    const records = await queries.calendar({
      participantId: participant.id,
      from: startsAt,
      to: endsAt,
      statuses: ['pending', 'accepted', 'adjusting'],
      limit: limit + 1,
    });
    const others = records.filter(({ state }) => state.requestId !== query.adjust).slice(0, limit);
    const views = await Promise.all(
      others.map((record) => viewOf(record, participant, { participants, policy, now })),
    );
    return views.filter((view) => view !== undefined);
  }
}
