import type { LiveChange, LiveReady } from './client.ts';

/*
 * One live connection for all tabs of this browser: who holds the lock listens and tells the others. Over HTTP/1.1 a browser
 * opens six connections to a server at most, so a connection per tab would leave the seventh tab with nothing to load by.
 */

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveListener {
  /** The connection stands. `resumed` is false when something may have been missed: ask for everything anew. */
  ready(ready: LiveReady): void;
  changed(change: LiveChange): void;
  state(state: LiveState): void;
  /** It was refused, not broken: perhaps the log-in is over. */
  refused(): void;
}

type Message =
  | { readonly kind: 'ready'; readonly data: LiveReady }
  | { readonly kind: 'changed'; readonly data: LiveChange }
  | { readonly kind: 'state'; readonly data: LiveState }
  | { readonly kind: 'refused' }
  | { readonly kind: 'hello' };

const address = '/api/v1/live';
/** Milliseconds before a refused connection is tried again; doubled each time, up to the second number. */
const pauses = [2_000, 30_000] as const;

/**
 * Listens until the returned function is called.
 * @param participantId whose changes they are: tabs of different participants have nothing to tell each other.
 */
export const listen = (participantId: string, listener: LiveListener): (() => void) => {
  const channelName = `session-requests-live-${participantId}`;
  const ended = new AbortController();
  const channel = new BroadcastChannel(channelName);
  let leads = false;
  let present: LiveState = 'connecting';

  const hear = (message: Message): void => {
    switch (message.kind) {
      case 'ready':
        listener.ready(message.data);
        break;
      case 'changed':
        listener.changed(message.data);
        break;
      case 'state':
        present = message.data;
        listener.state(message.data);
        break;
      case 'refused':
        listener.refused();
        break;
      case 'hello':
        if (leads) channel.postMessage({ kind: 'state', data: present } satisfies Message);
    }
  };
  const tell = (message: Message): void => {
    channel.postMessage(message);
    hear(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  channel.postMessage({ kind: 'hello' } satisfies Message);

  const lead = (): Promise<void> => {
    if (ended.signal.aborted) return Promise.resolve();
    leads = true;
    return new Promise((resolve) => {
      const disconnect = connect(tell);
      ended.signal.addEventListener('abort', () => {
        disconnect();
        resolve();
      });
    });
  };
  // Without locks (a page that is not on https or localhost) each tab has a connection of its own.
  if ('locks' in navigator)
    void navigator.locks.request(channelName, { signal: ended.signal }, lead).catch(() => undefined);
  else void lead();

  return () => {
    ended.abort();
    channel.close();
  };
};

/** Keeps a connection up. A broken one the browser itself resumes; one that was refused is made anew. */
const connect = (tell: (message: Message) => void): (() => void) => {
  let source: EventSource | undefined;
  let pause: number = pauses[0];
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const open = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    source = new EventSource(address);
    source.addEventListener('ready', ({ data }: MessageEvent<string>) => {
      pause = pauses[0];
      tell({ kind: 'ready', data: JSON.parse(data) as LiveReady });
      tell({ kind: 'state', data: 'live' });
    });
    source.addEventListener('session-request', ({ data }: MessageEvent<string>) => {
      tell({ kind: 'changed', data: JSON.parse(data) as LiveChange });
    });
    source.onerror = () => {
      tell({ kind: 'state', data: 'lost' });
      if (source?.readyState !== EventSource.CLOSED) return;
      tell({ kind: 'refused' });
      waiting = setTimeout(open, pause);
      pause = Math.min(2 * pause, pauses[1]);
    };
  };
  const atOnce = (): void => {
    if (waiting !== undefined) open();
  };
  addEventListener('online', atOnce);
  document.addEventListener('visibilitychange', atOnce);
  open();
  return () => {
    removeEventListener('online', atOnce);
    document.removeEventListener('visibilitychange', atOnce);
    clearTimeout(waiting);
    source?.close();
  };
};
