import { createHash } from 'node:crypto';
import type { GatewayStore } from '@hse/contracts';
import type { Ids, Scheduled, Timers } from '@hse/event-sourcing';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { toInstant } from '@hse/session-requests';
import type { FastifyRequest } from 'fastify';
import { v5 as nameBasedUuid } from 'uuid';
import { problemAnswer, type Answer } from './answer.ts';
import type { WallClock } from './dependencies.ts';
import { HttpProblem } from './http-problem.ts';
import { invalidRequest } from './request-validation.ts';

const hourMs = 3_600_000;

/** For how long a key is kept, at least, in milliseconds of wall-clock time. */
export const keyRetentionMs = 7 * 24 * hourMs;

/** Name space of the command ids that derive from keys (RFC 9562 section 5.5). Never changes: repeats depend on it. */
const keyNamespace = '6f0e4a0e-3c55-4d0e-9c3b-6a5d9b8f2c11';

const keyForm = /^[\x21-\x7e]{1,255}$/;

export interface IdempotencyOptions {
  readonly store: GatewayStore;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly wallClock: WallClock;
  readonly logger: Logger;
}

/**
 * Answers a POST with an `Idempotency-Key` once: a repeat gets the first answer, byte for byte, also after a restart. The
 * command id derives from the key, so that a repeat after a crash between effect and record finds the effect in the log.
 *
 * Recorded are successes and refusals. What failed for reasons of ours (5xx) is not: a repeat tries again.
 */
export class Idempotency {
  readonly #options: IdempotencyOptions;
  /** Of this process, so that a repeat that comes while the first is at work waits for it. */
  readonly #underWay = new Map<string, Promise<Answer>>();
  #pruning: Scheduled | undefined;

  constructor(options: IdempotencyOptions) {
    this.#options = options;
    this.#pruneLater();
  }

  close(): void {
    this.#pruning?.cancel();
  }

  /** @param execute gets the command id to act under. */
  async once(request: FastifyRequest, execute: (commandId: string) => Promise<Answer>): Promise<Answer> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return refusalAsAnswer(execute(this.#options.ids.next()));
    if (typeof key !== 'string' || !keyForm.test(key))
      throw invalidRequest([
        { path: '/header/idempotency-key', message: 'has to have 1 to 255 visible ASCII characters' },
      ]);
    const participantId = request.participant.id;
    const fingerprint = fingerprintOf(request);
    const name = JSON.stringify([participantId, key, fingerprint]);

    const earlier = this.#underWay.get(name);
    if (earlier) return earlier;
    const answer = this.#answer(participantId, key, fingerprint, () =>
      execute(nameBasedUuid(name, keyNamespace)),
    );
    this.#underWay.set(name, answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(name);
    }
  }

  async #answer(
    participantId: string,
    key: string,
    fingerprint: string,
    execute: () => Promise<Answer>,
  ): Promise<Answer> {
    const { store, wallClock, logger } = this.#options;
    const begun = await store.begin(participantId, key, fingerprint, toInstant(wallClock.now()));
    if (begun.state === 'answered') return begun.answer;
    if (begun.state === 'mismatch')
      throw new HttpProblem(
        'idempotency-key-reused',
        'This Idempotency-Key was used for another request. Use a new one.',
      );
    let answer: Answer;
    try {
      answer = await refusalAsAnswer(execute());
    } catch (error) {
      // With certainty nothing happened: the key is free for another try, with the same body or another.
      if (error instanceof StoreUnavailable && error.outcome === 'not-written')
        await store.forget(participantId, key).catch((forgetError: unknown) => {
          logger.warn({ err: forgetError }, 'an idempotency key could not be given back');
        });
      throw error;
    }
    // Done is done: a repeat acts under the same command id, and finds its effect in the log.
    await store.record(participantId, key, answer).catch((error: unknown) => {
      logger.warn({ err: error }, 'the answer to an idempotency key could not be recorded');
    });
    return answer;
  }

  #pruneLater(): void {
    const { store, timers, wallClock, logger } = this.#options;
    this.#pruning = timers.after(hourMs, () => {
      this.#pruneLater();
      store.prune(toInstant(wallClock.now() - keyRetentionMs)).catch((error: unknown) => {
        logger.warn({ err: error }, 'old idempotency keys could not be removed');
      });
    });
  }
}

const refusalAsAnswer = async (executed: Promise<Answer>): Promise<Answer> => {
  try {
    return await executed;
  } catch (error) {
    if (error instanceof HttpProblem && error.problem.status < 500) return problemAnswer(error);
    throw error;
  }
};

/** Bodies that mean the same have the same fingerprint, whatever the order of their fields. */
const fingerprintOf = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([method, url, Object.entries((body as object | null) ?? {}).sort(byName)]))
    .digest('base64url');

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
