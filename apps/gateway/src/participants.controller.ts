import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { httpLimits, MeView, ParticipantList, ParticipantsQuery } from '@hse/contracts/http';
import { toInstant } from '@hse/session-requests';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import { Freshness } from './freshness.ts';
import { Describe } from './route-table.ts';

const isText = (part: string): boolean => part !== '' && !part.includes('\0');

@Controller('api/v1')
export class ParticipantsController {
  readonly #gateway: GatewayDependencies;
  readonly #freshness: Freshness;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(Freshness) freshness: Freshness) {
    this.#gateway = gateway;
    this.#freshness = freshness;
  }

  @Get('me')
  @Describe({
    id: 'getMe',
    tag: 'Participants',
    summary: 'Who I am, and how much awaits me',
    answer: { status: 200, description: 'The participant that the token belongs to.', shape: MeView },
  })
  async me(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { id, role, name, timeZone, picture } = request.participant;
    await this.#freshness.settled(id);
    const now = toInstant(this.#gateway.clock.now());
    const pendingActions = await this.#gateway.queries.countPendingActions({ participantId: id, now });
    const me: MeView = {
      id,
      role,
      name,
      timeZone,
      ...(picture !== undefined && { picture }),
      pendingActions,
      now,
    };
    send(reply, jsonAnswer(200, me));
  }

  @Get('participants')
  @Describe({
    id: 'listParticipants',
    tag: 'Participants',
    summary: 'The directory to pick the other party from',
    description: 'By name.',
    query: ParticipantsQuery,
    answer: { status: 200, description: 'One page of it.', shape: ParticipantList },
  })
  async list(
    @Req() request: FastifyRequest<{ Querystring: ParticipantsQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { cursor, role, q, limit = httpLimits.pageSize.default } = request.query;
    const [name, id] = cursor === undefined ? [] : readCursor(cursor, isText, isText);
    const found = await this.#gateway.participants.search({
      ...(role !== undefined && { role }),
      ...(q !== undefined && { q }),
      ...(name !== undefined && id !== undefined && { after: { name, id } }),
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const list: ParticipantList = {
      // Nobody's e-mail address is shown to others.
      items: shown.map((participant) => ({
        id: participant.id,
        name: participant.name,
        role: participant.role,
        timeZone: participant.timeZone,
        ...(participant.picture !== undefined && { picture: participant.picture }),
      })),
      ...(last && found.length > limit && { nextCursor: writeCursor([last.name, last.id]) }),
    };
    send(reply, jsonAnswer(200, list));
  }
}
