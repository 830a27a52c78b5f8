import type { ServerResponse } from 'node:http';
import {
  createPresent,
  streamOf,
  type Participant,
  type ReflectedChange,
  type SessionRequestRecord,
} from '@hse/contracts';
import type { LiveChange, LiveReady } from '@hse/contracts/http';
import type { Scheduled } from '@hse/event-sourcing';
import type { Instant, SessionRequestEventType } from '@hse/session-requests';
import { within } from '@hse/telemetry';
import type { GatewayDependencies, WallClock } from './dependencies.ts';
import { HttpProblem } from './http-problem.ts';
import { ParticipantWatch } from './participant-watch.ts';
import { viewOf } from './session-request-view.ts';
import { liveSpans } from './trace-live-updates.ts';

/** Open connections of one participant at a time, unless it is set otherwise. */
export const mostConnections = 10;
/** Milliseconds of real time between signs of life. */
export const heartbeatMs = 15_000;
/** Bytes that may wait for a slow reader; who has more waiting is cut off, and can resume. */
const mostWaitingBytes = 512 * 1024;
const longestTimerMs = 2_147_483_647;
const pageSize = 100;

type Dependencies = Pick<
  GatewayDependencies,
  | 'live'
  | 'protection'
  | 'queries'
  | 'history'
  | 'participants'
  | 'policy'
  | 'clock'
  | 'timers'
  | 'logger'
  | 'telemetry'
> & {
  readonly wallClock: WallClock;
};

interface Change {
  readonly record: SessionRequestRecord;
  readonly position: number;
  readonly eventType: SessionRequestEventType;
}

/** A change as one participant is told of it, the same on all their connections. */
interface Message {
  readonly position: number;
  readonly text: string;
}

/** What one reader has been sent, and what waits until it has caught up. */
interface Connection {
  /** As they were when last looked at. */
  participant: Participant;
  readonly response: ServerResponse;
  /** Undefined once it has caught up. */
  waiting: Message[] | undefined;
  sentUpTo: number;
  readonly end: () => void;
}

/** For how long a reader is let in. */
interface Admitted {
  readonly expiresAtMs: number;
  readonly whenOver?: ((listener: () => void) => () => void) | undefined;
}

/** Tells participants what changes for them, as server-sent events (WHATWG HTML, section 9.2). */
export class LiveConnections {
  readonly #dependencies: Dependencies;
  readonly #now: () => Instant;
  readonly #connections = new Map<string, Set<Connection>>();
  readonly #unsubscribe: () => void;
  readonly #watch: ParticipantWatch;
  /** Batches one after the other: each connection sees changes in the order of the log. */
  #delivering: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#now = createPresent(dependencies.clock);
    dependencies.telemetry?.observe('session_requests.live.connections', () => [
      { value: this.count, attributes: {} },
    ]);
    this.#watch = new ParticipantWatch({
      ...dependencies,
      watched: () => [...this.#connections.keys()],
      seen: (id, participant) => {
        for (const connection of [...(this.#connections.get(id) ?? [])])
          if (participant) connection.participant = participant;
          else connection.end();
      },
    });
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

  /** How many are open. */
  get count(): number {
    let count = 0;
    for (const connections of this.#connections.values()) count += connections.size;
    return count;
  }

  /** Ends every connection; more are refused. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#watch.close();
    this.#endAll();
  }

  /** @throws HttpProblem when this participant has too many connections already. */
  mustHaveRoom(participantId: string): void {
    if (this.#isClosed)
      throw new HttpProblem('unavailable', 'The server is stopping.', { headers: { 'retry-after': '1' } });
    const most = this.#dependencies.protection?.liveConnections ?? mostConnections;
    if ((this.#connections.get(participantId)?.size ?? 0) >= most)
      throw new HttpProblem('too-many-connections', `A participant can listen ${most} times at once.`, {
        headers: { 'retry-after': '5' },
      });
  }

  /**
   * Sends until the reader leaves or takes part no more, its token expires, its session ends or the server stops.
   * @param lastEventId position to resume after; undefined: from now on.
   * @param admitted until when: `expiresAtMs` in milliseconds since 1970, and sooner when what is given to `whenOver` is called.
   */
  async open(
    participant: Participant,
    response: ServerResponse,
    lastEventId: number | undefined,
    { expiresAtMs, whenOver }: Admitted,
  ): Promise<void> {
    const { queries, timers, logger, wallClock } = this.#dependencies;
    const awaited = new Set<Scheduled>();
    const connection: Connection = {
      participant,
      response,
      waiting: [],
      sentUpTo: 0,
      end: () => {
        for (const each of awaited) each.cancel();
        awaited.clear();
        const connections = this.#connections.get(participant.id);
        connections?.delete(connection);
        if (connections?.size === 0) this.#connections.delete(participant.id);
        if (this.#connections.size === 0) this.#watch.rest();
        if (!response.writableEnded) response.end();
      },
    };
    const connections = this.#connections.get(participant.id) ?? new Set();
    this.#connections.set(participant.id, connections.add(connection));
    this.#watch.begin();
    response.on('close', connection.end);
    response.on('error', connection.end);
    // Who has left already closes no second time.
    if (response.destroyed) {
      connection.end();
      return;
    }
    if (whenOver) awaited.add({ cancel: whenOver(connection.end) });
    awaited.add(
      timers.after(Math.min(Math.max(expiresAtMs - wallClock.now(), 0), longestTimerMs), connection.end),
    );
    const beat = (): void => {
      const timer = timers.after(heartbeatMs, () => {
        awaited.delete(timer);
        write(connection, ': still here\n\n');
        if (!response.writableEnded) beat();
      });
      awaited.add(timer);
    };
    beat();

    try {
      // From here on changes gather in `waiting`; whatever came before is in the read models.
      const position = await queries.checkpoint();
      // Ahead of us: its events are of another log, or of read models that were dropped since. It starts afresh.
      const resumeAfter = lastEventId !== undefined && lastEventId <= position ? lastEventId : undefined;
      connection.sentUpTo = resumeAfter ?? position;
      const now = this.#now();
      const pendingActions = await queries.countPendingActions({ participantId: participant.id, now });
      const ready: LiveReady = { position, resumed: resumeAfter !== undefined, pendingActions, now };
      // Its id is where to resume if the connection breaks at once, so it is never ahead of what was sent.
      write(connection, `retry: 2000\n${eventText('ready', connection.sentUpTo, ready)}`);
      if (resumeAfter !== undefined) await this.#catchUp(connection);
      for (const message of connection.waiting ?? []) send(connection, message);
      connection.waiting = undefined;
    } catch (error) {
      logger.warn({ err: error }, 'a live connection could not be set up');
      connection.end();
    }
  }

  async #catchUp(connection: Connection): Promise<void> {
    const { participant } = connection;
    let position = connection.sentUpTo;
    for (;;) {
      const records = await this.#dependencies.queries.changedAfter({
        participantId: participant.id,
        position,
        limit: pageSize,
      });
      const last = records.at(-1);
      if (!last || connection.response.writableEnded) return;
      const changes: Change[] = [];
      for (const record of records) {
        const eventType = await this.#lastEventType(record);
        if (eventType) changes.push({ record, position: record.position, eventType });
      }
      for (const message of await this.#messages(participant, changes)) send(connection, message);
      if (records.length < pageSize) return;
      await drained(connection.response);
      position = last.position;
    }
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
    const told = new Set([...byParticipant.values()].flat());
    await within(liveSpans(this.#dependencies.telemetry, told), () => this.#tell(byParticipant));
  }

  async #tell(byParticipant: ReadonlyMap<string, readonly ReflectedChange[]>): Promise<void> {
    for (const [participantId, own] of byParticipant) {
      const [first] = this.#connections.get(participantId) ?? [];
      if (!first) continue;
      const messages = await this.#messages(first.participant, own);
      // Who has come meanwhile catches up by the read models, which reflect these changes already.
      for (const connection of this.#connections.get(participantId) ?? []) {
        if (connection.waiting) keep(connection, messages);
        else for (const message of messages) send(connection, message);
      }
    }
  }

  /** What the participant is told of these changes. */
  async #messages(participant: Participant, changes: readonly Change[]): Promise<Message[]> {
    const { queries, participants, policy } = this.#dependencies;
    const now = this.#now();
    const pendingActions = await queries.countPendingActions({ participantId: participant.id, now });
    const messages: Message[] = [];
    for (const { record, position, eventType } of changes) {
      const current = await viewOf(record, participant, { participants, policy, now });
      if (!current) continue;
      const { id, revision, status } = current;
      const data: LiveChange = { id, revision, status, event: eventType, pendingActions, now, current };
      messages.push({ position, text: eventText('session-request', position, data) });
    }
    return messages;
  }

  #endAll(): void {
    for (const connections of [...this.#connections.values()]) for (const { end } of [...connections]) end();
  }
}

const send = (connection: Connection, { position, text }: Message): void => {
  if (position <= connection.sentUpTo) return;
  connection.sentUpTo = position;
  write(connection, text);
};

/** Until it has caught up, what changes meanwhile waits here rather than in the buffer of the connection. */
const keep = (connection: Connection, messages: readonly Message[]): void => {
  connection.waiting?.push(...messages);
  const length = connection.waiting?.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
  if (length > mostWaitingBytes) cutOff(connection);
};

/** Who comes back after a long time is sent no more at once than they read. */
const drained = async (response: ServerResponse): Promise<void> => {
  if (!response.writableNeedDrain) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const settle = (): void => resolve(undefined);
  response.once('drain', settle).once('close', settle);
  await promise;
  response.off('drain', settle).off('close', settle);
};

const eventText = (event: string, id: number, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const write = (connection: Connection, text: string): void => {
  const { response, end } = connection;
  if (response.destroyed) end();
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength > mostWaitingBytes) cutOff(connection);
};

const cutOff = ({ response, end }: Connection): void => {
  response.destroy();
  end();
};
