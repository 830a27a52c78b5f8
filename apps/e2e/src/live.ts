import { setTimeout as pause } from 'node:timers/promises';

/** One server-sent event about a session request. */
export interface LiveChange {
  id: string;
  data: { id: string; revision: number; status: string; pendingActions: number };
}

/** An open stream of live updates. */
export interface Live {
  /** The first change, received already or still to come, that fits. Rejects after ten seconds. */
  next(fits: (change: LiveChange) => boolean): Promise<LiveChange>;
  received(): readonly LiveChange[];
  /** Where another stream would have to resume. */
  lastId(): string | undefined;
  /** Resolves when the stream is over, whoever has ended it. */
  readonly over: Promise<void>;
  close(): void;
}

/** Opens `/live` as an EventSource does, and resolves when the server has taken up the stream. */
export const openLive = async (url: string, token: string, lastEventId?: string): Promise<Live> => {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/live`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  if (response.status !== 200 || !response.body)
    throw new Error(`GET /live: ${response.status} ${await response.text()}`);

  const changes: LiveChange[] = [];
  let lastId = lastEventId;
  let check: () => void = () => undefined;
  const receive = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block
            .split('\n')
            .map((line): [string, string] => [
              line.slice(0, line.indexOf(':')),
              line.slice(line.indexOf(':') + 1).trim(),
            ]),
        );
        lastId = fields.get('id') ?? lastId;
        if (fields.get('event') !== 'session-request') continue;
        changes.push({
          id: fields.get('id') ?? '',
          data: JSON.parse(fields.get('data') ?? '{}') as LiveChange['data'],
        });
      }
      check();
    }
  };
  const over = receive(response.body).catch(() => undefined); // ends by close() or with the server

  return {
    over,
    lastId: () => lastId,
    received: () => changes,
    close: () => abort.abort(),
    next: (fits) =>
      new Promise((resolve, reject) => {
        const givenUp = setTimeout(
          () => reject(new Error(`no such change came; received: ${JSON.stringify(changes)}`)),
          10_000,
        );
        check = () => {
          const found = changes.find(fits);
          if (!found) return;
          clearTimeout(givenUp);
          resolve(found);
        };
        check();
      }),
  };
};

/**
 * Somebody who stays, as an EventSource does: when a stream ends, another one resumes where it was; when the network fails it is
 * tried again, when the server refuses it is not (WHATWG HTML, 9.2.3).
 */
export interface FollowedLive {
  /** How many streams there have been. */
  readonly connections: number;
  /** What the server refused another stream with. */
  readonly failure: Error | undefined;
  /** The latest revision that was told of a session request. */
  latest(requestId: string): number | undefined;
  close(): void;
}

const reconnectMs = 100;

export const followLive = async (url: string, token: string): Promise<FollowedLive> => {
  const latest = new Map<string, number>();
  let connections = 1;
  let failure: Error | undefined;
  let isClosed = false;
  let live = await openLive(url, token);
  const take = (): void => {
    for (const { data } of live.received()) latest.set(data.id, data.revision);
  };
  const stay = async (): Promise<void> => {
    for (;;) {
      await live.over;
      take();
      if (isClosed) return;
      live = await resumed(live.lastId());
      connections += 1;
    }
  };
  const resumed = async (lastId: string | undefined): Promise<Live> => {
    for (;;) {
      try {
        return await openLive(url, token, lastId);
      } catch (error) {
        // By its name, because fetch throws errors of another realm than jest's.
        if (isClosed || (error as Error).name !== 'TypeError') throw error;
        await pause(reconnectMs);
      }
    }
  };
  stay().catch((error: unknown) => (failure = error as Error));
  return {
    get connections() {
      return connections;
    },
    get failure() {
      return failure;
    },
    latest: (requestId) => {
      take();
      return latest.get(requestId);
    },
    close: () => {
      isClosed = true;
      live.close();
    },
  };
};
