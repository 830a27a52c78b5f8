import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { streamOf, type NotificationRecord, type Participant } from '@hse/contracts';
import {
  httpLimits,
  NotificationList,
  PageQuery,
  ReadMark,
  UnreadView,
  type NotificationView,
} from '@hse/contracts/http';
import {
  evolve,
  type Role,
  type SessionRequest,
  type SessionRequestEvent,
  type Slot,
} from '@hse/session-requests';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import { Freshness } from './freshness.ts';
import { Idempotency } from './idempotency.ts';
import { notificationMessage } from './notification-message.ts';
import { Describe } from './route-table.ts';
import { partyOf } from './session-request-view.ts';

const isPosition = (part: string): boolean => /^[1-9]\d{0,14}$/.test(part);

@Controller('api/v1/notifications')
export class NotificationsController {
  readonly #gateway: GatewayDependencies;
  readonly #freshness: Freshness;
  readonly #idempotency: Idempotency;

  constructor(
    @Inject(GATEWAY) gateway: GatewayDependencies,
    @Inject(Freshness) freshness: Freshness,
    @Inject(Idempotency) idempotency: Idempotency,
  ) {
    this.#gateway = gateway;
    this.#freshness = freshness;
    this.#idempotency = idempotency;
  }

  @Get()
  @Describe({
    id: 'listNotifications',
    tag: 'Notifications',
    summary: 'What happened, with reasons',
    description: 'Newest first.',
    query: PageQuery,
    answer: { status: 200, description: 'One page of it.', shape: NotificationList },
  })
  async list(
    @Req() request: FastifyRequest<{ Querystring: PageQuery }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { cursor, limit = httpLimits.pageSize.default } = request.query;
    const [before] = cursor === undefined ? [] : readCursor(cursor, isPosition);
    const { participant } = request;
    const { queries, gatewayStore } = this.#gateway;
    await this.#freshness.settled(participant.id);
    const records = await queries.notifications({
      participantId: participant.id,
      ...(before !== undefined && { before: Number(before) }),
      limit: limit + 1,
    });
    const readUpTo = await gatewayStore.readUpTo(participant.id);
    const shown = records.slice(0, limit);
    const last = shown.at(-1);
    const list: NotificationList = {
      items: await Promise.all(shown.map((record) => this.#view(record, participant, readUpTo))),
      ...(last && records.length > limit && { nextCursor: writeCursor([String(last.position)]) }),
      unread: await queries.countNotifications({ participantId: participant.id, after: readUpTo }),
    };
    send(reply, jsonAnswer(200, list));
  }

  @Post('read')
  @HttpCode(200)
  @Describe({
    id: 'markNotificationsRead',
    tag: 'Notifications',
    summary: 'Mark notifications as read',
    description: 'The mark only moves forward.',
    body: { shape: ReadMark, optional: true },
    answer: { status: 200, description: 'How many are unread now.', shape: UnreadView },
  })
  async read(@Req() request: FastifyRequest<{ Body: ReadMark }>, @Res() reply: FastifyReply): Promise<void> {
    const { queries, gatewayStore } = this.#gateway;
    const participantId = request.participant.id;
    const answer = await this.#idempotency.once(request, async () => {
      await this.#freshness.settled(participantId);
      const [newest] = await queries.notifications({ participantId, limit: 1 });
      // What has not happened yet is not read, whatever the caller says.
      const upTo = Math.min(Number(request.body.upTo ?? Infinity), newest?.position ?? 0);
      if (upTo > 0) await gatewayStore.markRead(participantId, upTo);
      const after = await gatewayStore.readUpTo(participantId);
      const unread = await queries.countNotifications({ participantId, after });
      return jsonAnswer(200, { unread } satisfies UnreadView);
    });
    send(reply, answer);
  }

  async #view(record: NotificationRecord, viewer: Participant, readUpTo: number): Promise<NotificationView> {
    const { event, position, requestId, revision, recordedAt } = record;
    const { coachId, clientId } = event.data;
    const otherId = viewer.id === coachId ? clientId : coachId;
    const other = await this.#gateway.participants.find(otherId);
    const before = await this.#before(record);
    const { slot, awaiting } = subjectOf(event, before);
    const message = notificationMessage(event, {
      viewer,
      other: other?.name ?? 'a former participant',
      proposal: before?.proposal,
    });
    return {
      id: String(position),
      requestId,
      type: event.type,
      revision,
      at: recordedAt,
      read: position <= readUpTo,
      message,
      ...('reason' in event.data && { reason: event.data.reason }),
      other: partyOf(other, otherId),
      ...(slot && { slot: { startsAt: slot.startsAt, endsAt: slot.endsAt } }),
      ...(awaiting && { awaiting }),
      data: event.data,
    };
  }

  /** An ending does not say what it ended; what was recorded before it does. */
  async #before({ event, requestId, revision }: NotificationRecord): Promise<SessionRequest | undefined> {
    if (event.type !== 'SessionCancelled' && event.type !== 'SessionRejected') return undefined;
    const events = await this.#gateway.history.readStream(streamOf({ requestId }), { limit: revision });
    return events.reduce<SessionRequest | undefined>(evolve, undefined);
  }
}

/** The slot that an event is about, and who has to answer, or did not. */
const subjectOf = (
  event: SessionRequestEvent,
  before: SessionRequest | undefined,
): { slot?: Slot | undefined; awaiting?: Role | undefined } => {
  switch (event.type) {
    case 'SessionRequested':
    case 'SessionAdjusted':
      return event.data;
    case 'SessionAccepted':
      return { slot: event.data.slot };
    case 'SessionRejected':
      return { slot: before?.proposal?.slot };
    case 'SessionCancelled': {
      const { cause } = event.data;
      if (cause === 'called-off') return { slot: before?.agreed };
      return {
        slot: before?.proposal?.slot,
        ...(cause === 'no-response' && { awaiting: before?.proposal?.awaiting }),
      };
    }
  }
};
