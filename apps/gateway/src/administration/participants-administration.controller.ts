import { Controller, Get, Inject, Put, Req, Res } from '@nestjs/common';
import type { StoredParticipant } from '@hse/contracts';
import { KeptParticipant, ParticipantEntry } from '@hse/contracts/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { participantFaults } from '../accounts.ts';
import { jsonAnswer, send } from '../answer.ts';
import { GATEWAY, type GatewayDependencies } from '../dependencies.ts';
import { Freshness } from '../freshness.ts';
import { HttpProblem } from '../http-problem.ts';
import { etagOf, ifMatchProblem, revisionOf } from '../if-match.ts';
import { changesOf, entryOf } from '../participants.ts';
import { invalidRequest } from '../request-validation.ts';
import { Describe } from '../route-table.ts';
import { Audit } from './audit.ts';

type WithId = FastifyRequest<{ Params: { id: string } }>;
type Putting = FastifyRequest<{ Params: { id: string }; Body: ParticipantEntry }>;

/** Whatever an issuer may say in `sub`. */
const idForm = /^[\x21-\x7e]{1,255}$/;
/** How often a writer who names no version tries to come after another one. */
const mostAttempts = 10;

/** Who takes part, as another system knows it. */
@Controller('api/v1/participants')
export class ParticipantsAdministrationController {
  readonly #gateway: GatewayDependencies;
  readonly #audit: Audit;
  readonly #freshness: Freshness;

  constructor(
    @Inject(GATEWAY) gateway: GatewayDependencies,
    @Inject(Audit) audit: Audit,
    @Inject(Freshness) freshness: Freshness,
  ) {
    this.#gateway = gateway;
    this.#audit = audit;
    this.#freshness = freshness;
  }

  @Get(':id')
  @Describe({
    id: 'getParticipant',
    tag: 'Administration',
    scope: 'participants:write',
    summary: 'A participant as they were put',
    answer: { status: 200, description: 'The participant.', shape: KeptParticipant, etag: true },
    problems: ['not-found'],
  })
  async get(@Req() request: WithId, @Res() reply: FastifyReply): Promise<void> {
    const present = await this.#gateway.participants.current(request.params.id);
    if (!present) throw new HttpProblem('not-found', 'There is no participant of this id.');
    send(reply, answerWith(present, 200));
  }

  @Put(':id')
  @Describe({
    id: 'putParticipant',
    tag: 'Administration',
    scope: 'participants:write',
    summary: 'Say who takes part',
    description:
      'The id is the `sub` of their tokens. Safe to repeat: the same body changes nothing. Every gateway goes by it within seconds. With ' +
      '`active: false` they take part no more: their tokens are refused, nobody can ask them, and their sessions stay as they are. A role ' +
      'stays once there is a session request with them. With If-Match, only that version is replaced; without, the last writer counts.',
    ifMatch: 'optional',
    body: { shape: ParticipantEntry },
    answer: {
      status: 200,
      also: { status: 201, description: 'They were not known before.' },
      description: 'They take part like this.',
      shape: KeptParticipant,
      etag: true,
    },
    problems: ['role-fixed', 'conflict', 'storage-full'],
  })
  async put(@Req() request: Putting, @Res() reply: FastifyReply): Promise<void> {
    const { participants } = this.#gateway;
    const { id } = request.params;
    const header = request.headers['if-match'];
    const expected = revisionOf(header);
    if (header !== undefined && expected === undefined) throw ifMatchProblem(header);
    const faults = participantFaults(request.body);
    if (!idForm.test(id))
      faults.push({ path: '/path/id', message: 'has to be 1 to 255 visible ASCII characters' });
    if (faults.length > 0) throw invalidRequest(faults);
    const wanted = entryOf(Object.assign({ id }, request.body), 'api');

    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const present = await participants.current(id);
      const changes = present ? changesOf(present, wanted) : [];
      // Also with the ETag of before: what it asks for has been done, perhaps by itself (RFC 9110 section 13.1.1).
      if (present && changes.length === 0) {
        send(reply, answerWith(present, 200));
        return;
      }
      if (expected !== undefined && expected !== present?.version)
        throw new HttpProblem('conflict', 'The participant has been changed since.', {
          ...(present && { headers: { etag: etagOf(present.version) } }),
        });
      if (present && changes.includes('role')) await this.#mustHaveNoSessions(id);
      await this.#audit.record(request, {
        action: present ? 'participant-changed' : 'participant-created',
        target: id,
        ...(present && { detail: `changed: ${changes.join(', ')}` }),
      });
      if (await participants.write(wanted, present?.version ?? 0)) {
        const version = (present?.version ?? 0) + 1;
        send(reply, answerWith({ ...wanted, version }, present ? 200 : 201));
        return;
      }
    }
    throw new HttpProblem('unavailable', 'Too many change this participant at once. Repeat the request.', {
      headers: { 'retry-after': '1' },
    });
  }

  /** In the log they are the coach or the client of their sessions, for ever. */
  async #mustHaveNoSessions(participantId: string): Promise<void> {
    await this.#freshness.settled(participantId);
    const sessions = await this.#gateway.queries.calendar({ participantId, limit: 1 });
    if (sessions.length > 0)
      throw new HttpProblem(
        'role-fixed',
        'There are session requests with this participant in their role. Put another participant for the other role.',
      );
  }
}

const answerWith = (
  { id, role, name, email, timeZone, picture, active, version }: StoredParticipant,
  status: number,
) => {
  const kept: KeptParticipant = {
    id,
    role,
    name,
    ...(email !== undefined && { email }),
    timeZone,
    ...(picture !== undefined && { picture }),
    active,
  };
  return jsonAnswer(status, kept, { etag: etagOf(version) });
};
