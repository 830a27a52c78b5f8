import type { ServerResponse } from 'node:http';
import { streamOf, type Participant, type ReflectedChange, type SessionRequestRecord } from '@hse/contracts';
import type { LiveChange, LiveReady } from '@hse/contracts/http';
import type { Scheduled } from '@hse/event-sourcing';
import { statusOf, toInstant, type SessionRequestEventType } from '@hse/session-requests';
import type { GatewayDependencies, WallClock } from './dependencies.ts';
import { HttpProblem } from './http-problem.ts';

/** Open connections of one participant at a time. */
export const mostConnections = 10;
/** Milliseconds of real time between signs of life. */
export const heartbeatMs = 15_000;
/** Bytes that may wait for a slow reader; who has more waiting is cut off, and can resume. */
const mostWaitingBytes = 256 * 1024;
const longestTimerMs = 2_147_483_647;
const pageSize = 100;

type Dependencies = Pick<
  GatewayDependencies,
  'live' | 'queries' | 'history' | 'clock' | 'timers' | 'logger'
> & {
  readonly wallClock: WallClock;
};

interface Change {
  readonly record: SessionRequestRecord;
  readonly position: number;
  readonly eventType: SessionRequestEventType;
}

/** What one reader has been sent, and what waits until it has caught up. */
interface Connection {
  readonly response: ServerResponse;
  /** Undefined once it has caught up. */
  waiting: Change[] | undefined;
  sentUpTo: number;
  readonly end: () => void;
}

/** Tells participants what changes for them, as server-sent events (WHATWG HTML, section 9.2). */
export class LiveConnections {
  readonly #dependencies: Dependencies;
  readonly #connections = new Map<string, Set<Connection>>();
  readonly #unsubscribe: () => void;
  /** Batches one after the other: each connection sees changes in the order of the log. */
  #delivering: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#unsubscribe = dependencies.live.subscribe((changes) => {
      if (this.#connections.size === 0) return;
      this.#delivering = this.#delivering
        .then(() => this.#deliver(changes))
        .catch((error: unknown) => {
          dependencies.logger.error({ err: error }, 'live updates could not be delivered');
          // Who missed something resumes where they were.
          this.#endAll();
        });
    });
  }

  /** Ends every connection; more are refused. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#endAll();
  }

  /** @throws HttpProblem when this participant has too many connections already. */
  mustHaveRoom(participantId: string): void {
    if (this.#isClosed)
      throw new HttpProblem('unavailable', 'The server is stopping.', { headers: { 'retry-after': '1' } });
    if ((this.#connections.get(participantId)?.size ?? 0) >= mostConnections)
      throw new HttpProblem(
        'too-many-connections',
        `A participant can listen ${mostConnections} times at once.`,
      );
  }

  /**
   * Sends until the reader leaves, its token expires or the server stops.
   * @param lastEventId position to resume after; undefined: from now on.
   * @param expiresAtMs when the token expires, in milliseconds since 1970.
   */
  async open(
    participant: Participant,
    response: ServerResponse,
    lastEventId: number | undefined,
    expiresAtMs: number,
  ): Promise<void> {
    const { queries, timers, logger, wallClock } = this.#dependencies;
    const timersOfThis = new Set<Scheduled>();
    const connection: Connection = {
      response,
      waiting: [],
      sentUpTo: 0,
      end: () => {
        for (const timer of timersOfThis) timer.cancel();
        timersOfThis.clear();
        const connections = this.#connections.get(participant.id);
        connections?.delete(connection);
        if (connections?.size === 0) this.#connections.delete(participant.id);
        if (!response.writableEnded) response.end();
      },
    };
    const connections = this.#connections.get(participant.id) ?? new Set();
    this.#connections.set(participant.id, connections.add(connection));
    response.on('close', connection.end);
    response.on('error', connection.end);
    // Who has left already closes no second time.
    if (response.destroyed) {
      connection.end();
      return;
    }
    timersOfThis.add(
      timers.after(Math.min(Math.max(expiresAtMs - wallClock.now(), 0), longestTimerMs), connection.end),
    );
    const beat = (): void => {
      const timer = timers.after(heartbeatMs, () => {
        timersOfThis.delete(timer);
        write(connection, ': still here\n\n');
        if (!response.writableEnded) beat();
      });
      timersOfThis.add(timer);
    };
    beat();

    try {
      // From here on changes gather in `waiting`; whatever came before is in the read models.
      const position = await queries.checkpoint();
      // Ahead of us: its events are of another log, or of read models that were dropped since. It starts afresh.
      const resumeAfter = lastEventId !== undefined && lastEventId <= position ? lastEventId : undefined;
      connection.sentUpTo = resumeAfter ?? position;
      const pendingActions = await this.#countPendingActions(participant.id);
      const ready: LiveReady = { position, resumed: resumeAfter !== undefined, pendingActions };
      // Its id is where to resume if the connection breaks at once, so it is never ahead of what was sent.
      write(connection, `retry: 2000\n${eventText('ready', connection.sentUpTo, ready)}`);
      if (resumeAfter !== undefined) await this.#catchUp(participant.id, connection);
      await this.#releaseWaiting(participant.id, connection);
    } catch (error) {
      logger.warn({ err: error }, 'a live connection could not be set up');
      connection.end();
    }
  }

  async #catchUp(participantId: string, connection: Connection): Promise<void> {
    const { queries } = this.#dependencies;
    let position = connection.sentUpTo;
    for (;;) {
      const records = await queries.changedAfter({ participantId, position, limit: pageSize });
      const last = records.at(-1);
      if (!last || connection.response.writableEnded) return;
      const pendingActions = await this.#countPendingActions(participantId);
      for (const record of records) {
        const eventType = await this.#lastEventType(record);
        if (eventType)
          this.#send(connection, { record, position: record.position, eventType }, pendingActions);
      }
      if (records.length < pageSize) return;
      position = last.position;
    }
  }

  async #releaseWaiting(participantId: string, connection: Connection): Promise<void> {
    while (connection.waiting && connection.waiting.length > 0) {
      const changes = connection.waiting;
      connection.waiting = [];
      const pendingActions = await this.#countPendingActions(participantId);
      for (const change of changes) this.#send(connection, change, pendingActions);
    }
    connection.waiting = undefined;
  }

  async #lastEventType({ state }: SessionRequestRecord): Promise<SessionRequestEventType | undefined> {
    const [event] = await this.#dependencies.history.readStream(streamOf(state), {
      from: state.revision,
      limit: 1,
    });
    return event?.type;
  }

  async #deliver(changes: readonly ReflectedChange[]): Promise<void> {
    const byParticipant = new Map<string, ReflectedChange[]>();
    for (const change of changes) {
      const { coachId, clientId } = change.record.state;
      for (const id of [coachId, clientId]) {
        if (!this.#connections.has(id)) continue;
        const own = byParticipant.get(id) ?? [];
        own.push(change);
        byParticipant.set(id, own);
      }
    }
    for (const [participantId, own] of byParticipant) {
      const pendingActions = await this.#countPendingActions(participantId);
      for (const connection of this.#connections.get(participantId) ?? []) {
        if (connection.waiting) connection.waiting.push(...own);
        else for (const change of own) this.#send(connection, change, pendingActions);
      }
    }
  }

  #send(connection: Connection, { record, position, eventType }: Change, pendingActions: number): void {
    if (position <= connection.sentUpTo) return;
    connection.sentUpTo = position;
    const { requestId, revision } = record.state;
    const data: LiveChange = {
      id: requestId,
      revision,
      status: statusOf(record.state),
      event: eventType,
      pendingActions,
    };
    write(connection, eventText('session-request', position, data));
  }

  #countPendingActions(participantId: string): Promise<number> {
    const { queries, clock } = this.#dependencies;
    return queries.countPendingActions({ participantId, now: toInstant(clock.now()) });
  }

  #endAll(): void {
    for (const connections of [...this.#connections.values()]) for (const { end } of [...connections]) end();
  }
}

const eventText = (event: string, id: number, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const write = ({ response, end }: Connection, text: string): void => {
  if (response.destroyed) end();
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength <= mostWaitingBytes) return;
  response.destroy();
  end();
};
