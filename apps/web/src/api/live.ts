import { deviceTime } from '../time/clock.ts';
import type { LiveChange, LiveReady } from './client.ts';

/*
 * One live connection for all tabs of this browser: who holds the lock listens and tells the others. Over HTTP/1.1 a browser
 * opens six connections to a server at most, so a connection per tab would leave the seventh tab with nothing to load by.
 */

export type LiveState = 'connecting' | 'live' | 'lost';

/** With `heardAt`: when the connection brought it, in milliseconds since 1970 on this device's clock. A tab that sleeps hears it later. */
export interface LiveListener {
  /** The connection stands. `resumed` is false when something may have been missed: ask for everything anew. */
  ready(ready: LiveReady, heardAt: number): void;
  changed(change: LiveChange, heardAt: number): void;
  state(state: LiveState): void;
  /** It was refused, not broken: perhaps the log-in is over. */
  refused(): void;
}

type Message =
  | { readonly kind: 'ready'; readonly data: LiveReady; readonly heardAt: number }
  | { readonly kind: 'changed'; readonly data: LiveChange; readonly heardAt: number }
  | { readonly kind: 'state'; readonly data: LiveState }
  | { readonly kind: 'refused' }
  | { readonly kind: 'hello' };

const address = '/api/v1/live';
/** Milliseconds before a refused connection is tried again; doubled each time, up to the second number. */
const pauses = [2_000, 30_000] as const;
/** Milliseconds that who listens may take to answer a tab that somebody looks at. Browsers put hidden tabs to sleep, lock and all. */
const patienceMs = 5_000;

/**
 * Listens until the returned function is called.
 * @param participantId whose changes they are: tabs of different participants have nothing to tell each other.
 */
export const listen = (participantId: string, listener: LiveListener): (() => void) => {
  const name = `session-requests-live-${participantId}`;
  const ended = new AbortController();
  const channel = new BroadcastChannel(name);
  /** Gives the lock back; there while this tab is the one that listens. */
  let resign: (() => void) | undefined;
  let present: LiveState = 'connecting';
  let isAnswered = false;
  let asking: ReturnType<typeof setTimeout> | undefined;

  const hear = (message: Message): void => {
    switch (message.kind) {
      case 'ready':
        listener.ready(message.data, message.heardAt);
        break;
      case 'changed':
        listener.changed(message.data, message.heardAt);
        break;
      case 'state':
        present = message.data;
        listener.state(message.data);
        break;
      case 'refused':
        listener.refused();
        break;
      case 'hello':
        if (resign) channel.postMessage({ kind: 'state', data: present } satisfies Message);
    }
  };
  const tell = (message: Message): void => {
    channel.postMessage(message);
    hear(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'hello') isAnswered = true;
    hear(data);
  };

  const lead = (): Promise<void> => {
    if (ended.signal.aborted || resign) return Promise.resolve();
    return new Promise((resolve) => {
      const disconnect = connect(tell);
      resign = () => {
        resign = undefined;
        disconnect();
        resolve();
      };
    });
  };
  const takeTurn = (options: LockOptions): void => {
    navigator.locks.request(name, options, lead).catch((error: unknown) => {
      if (ended.signal.aborted) return;
      // Browsers that block storage have locks and refuse them.
      if ((error as { name?: unknown } | null)?.name !== 'AbortError') void lead();
      // Another tab has taken over, because this one slept.
      else if (resign) {
        resign();
        takeTurn({ signal: ended.signal });
      }
    });
  };
  const lookForWhoListens = (): void => {
    if (resign || document.visibilityState !== 'visible') return;
    isAnswered = false;
    channel.postMessage({ kind: 'hello' } satisfies Message);
    clearTimeout(asking);
    asking = setTimeout(() => {
      if (!isAnswered && !resign) takeTurn({ steal: true });
    }, patienceMs);
  };
  // Without locks (a page that is not on https or localhost) each tab has a connection of its own.
  if ('locks' in navigator) {
    takeTurn({ signal: ended.signal });
    lookForWhoListens();
    document.addEventListener('visibilitychange', lookForWhoListens);
  } else void lead();

  return () => {
    ended.abort();
    document.removeEventListener('visibilitychange', lookForWhoListens);
    clearTimeout(asking);
    resign?.();
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
    source?.close();
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener('ready', ({ data }: MessageEvent<string>) => {
      pause = pauses[0];
      tell({ kind: 'ready', data: JSON.parse(data) as LiveReady, heardAt: deviceTime() });
      tell({ kind: 'state', data: 'live' });
    });
    opened.addEventListener('session-request', ({ data }: MessageEvent<string>) => {
      tell({ kind: 'changed', data: JSON.parse(data) as LiveChange, heardAt: deviceTime() });
    });
    opened.onerror = () => {
      if (opened.readyState === EventSource.CLOSED) {
        waiting = setTimeout(open, pause);
        pause = Math.min(2 * pause, pauses[1]);
        tell({ kind: 'refused' });
      }
      tell({ kind: 'state', data: 'lost' });
    };
  };
  const onVisible = (): void => {
    if (waiting !== undefined && document.visibilityState === 'visible') open();
  };
  // The network is another one, and nobody tells that a connection over the old one is dead.
  addEventListener('online', open);
  document.addEventListener('visibilitychange', onVisible);
  open();
  return () => {
    removeEventListener('online', open);
    document.removeEventListener('visibilitychange', onVisible);
    clearTimeout(waiting);
    source?.close();
  };
};
