import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { AuditList, AuditQuery, httpLimits, parseInstant } from '@hse/contracts/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from '../answer.ts';
import { readCursor, writeCursor } from '../cursors.ts';
import { GATEWAY, type GatewayDependencies } from '../dependencies.ts';
import { Describe } from '../route-table.ts';

const isInstant = (part: string): boolean => parseInstant(part) === part;
const isId = (part: string): boolean => /^[\w-]{1,64}$/.test(part);

@Controller('api/v1/admin/audit')
export class AuditController {
  readonly #gateway: GatewayDependencies;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies) {
    this.#gateway = gateway;
  }

  @Get()
  @Describe({
    id: 'listAuditRecords',
    tag: 'Administration',
    scope: 'audit:read',
    summary: 'Who has done what, and why',
    description:
      'Newest first. Records are added and never changed; one may be there of what failed afterwards.',
    query: AuditQuery,
    answer: { status: 200, description: 'One page of it.', shape: AuditList },
  })
  async list(
    @Req() request: FastifyRequest<{ Querystring: AuditQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { cursor, target, limit = httpLimits.pageSize.default } = request.query;
    const [at, id] = cursor === undefined ? [] : readCursor(cursor, isInstant, isId);
    const found = await this.#gateway.gatewayStore.audited({
      ...(target !== undefined && { target }),
      ...(at !== undefined && id !== undefined && { before: { at, id } }),
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const list: AuditList = {
      items,
      ...(last && found.length > limit && { nextCursor: writeCursor([last.at, last.id]) }),
    };
    send(reply, jsonAnswer(200, list));
  }
}
