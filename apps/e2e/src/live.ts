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
        if (fields.get('event') !== 'session-request') continue;
        changes.push({
          id: fields.get('id') ?? '',
          data: JSON.parse(fields.get('data') ?? '{}') as LiveChange['data'],
        });
      }
      check();
    }
  };
  receive(response.body).catch(() => undefined); // ends by close() or with the server

  return {
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
