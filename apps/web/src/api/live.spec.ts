import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LiveChange, LiveReady } from './client.ts';
import { listen, type LiveState } from './live.ts';

/*
 * Tabs of one browser: connections that the test opens, breaks and refuses, a channel that delivers at once, locks as the Web
 * Locks API has them. All tabs of a test share one page, so they are seen and hidden together.
 */

class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readyState: number = FakeEventSource.CONNECTING;
  onerror: (() => void) | undefined;

  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  tell(type: string, data: object): void {
    if (this.readyState === FakeEventSource.CLOSED) throw new Error('a closed connection tells nothing');
    this.readyState = FakeEventSource.OPEN;
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }
}

class FakeChannel {
  static open: FakeChannel[] = [];
  /** Tabs that sleep hear nothing. */
  static asleep = new Set<FakeChannel>();
  #isClosed = false;
  onmessage: ((event: { data: unknown }) => void) | undefined;

  constructor(readonly name: string) {
    FakeChannel.open.push(this);
  }

  postMessage(data: unknown): void {
    if (this.#isClosed) throw new Error('the channel is closed');
    for (const other of FakeChannel.open)
      if (other !== this && other.name === this.name && !FakeChannel.asleep.has(other))
        other.onmessage?.({ data: structuredClone(data) });
  }

  close(): void {
    this.#isClosed = true;
    FakeChannel.open = FakeChannel.open.filter((other) => other !== this);
  }
}

type Callback = () => Promise<void>;

/** One name; who holds it can be robbed, who waits can give up. */
class FakeLocks {
  #holder: { reject: (error: Error) => void } | undefined;
  #queue: (() => void)[] = [];

  request(_name: string, { signal, steal }: LockOptions, callback: Callback): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = (): void => {
        const holder = { reject };
        this.#holder = holder;
        void callback().then(() => {
          resolve();
          if (this.#holder !== holder) return;
          this.#holder = undefined;
          this.#queue.shift()?.();
        });
      };
      if (steal) {
        this.#holder?.reject(new DOMException('stolen', 'AbortError'));
        take();
        return;
      }
      if (!this.#holder) {
        take();
        return;
      }
      this.#queue.push(take);
      signal?.addEventListener('abort', () => {
        this.#queue = this.#queue.filter((waiting) => waiting !== take);
        reject(new DOMException('given up', 'AbortError'));
      });
    });
  }
}

const page = new EventTarget() as EventTarget & { visibilityState: string };
const browser = new EventTarget();
const globals = globalThis as unknown as Record<string, unknown>;
const replaced = [
  'EventSource',
  'BroadcastChannel',
  'document',
  'navigator',
  'addEventListener',
  'removeEventListener',
] as const;
const originals = replaced.map((name) => [name, Object.getOwnPropertyDescriptor(globals, name)] as const);
const replace = (name: (typeof replaced)[number], value: unknown): void => {
  Object.defineProperty(globals, name, { value, configurable: true, writable: true });
};

beforeEach(() => {
  jest.useFakeTimers();
  FakeEventSource.opened = [];
  FakeChannel.open = [];
  FakeChannel.asleep.clear();
  page.visibilityState = 'visible';
  replace('EventSource', FakeEventSource);
  replace('BroadcastChannel', FakeChannel);
  replace('document', page);
  replace('navigator', { locks: new FakeLocks() });
  replace('addEventListener', browser.addEventListener.bind(browser));
  replace('removeEventListener', browser.removeEventListener.bind(browser));
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
  jest.useRealTimers();
  for (const [name, original] of originals)
    if (original) Object.defineProperty(globals, name, original);
    else Reflect.deleteProperty(globals, name);
});

const ends: (() => void)[] = [];

/** A tab, and all that it hears. */
const openTab = (participantId = 'p-1') => {
  const heard: unknown[] = [];
  const end = listen(participantId, {
    ready: ({ resumed }) => heard.push(resumed ? 'resumed' : 'ready'),
    changed: ({ id, revision }) => heard.push(`${id}@${revision}`),
    state: (state: LiveState) => heard.push(state),
    refused: () => heard.push('refused'),
  });
  ends.push(end);
  return { heard, end, channel: FakeChannel.open.at(-1)! };
};

const ready = (resumed = false) =>
  ({ position: 1, resumed, pendingActions: 0, now: '2026-11-22T12:00:00.000Z' }) satisfies LiveReady;
const change = (id: string, revision: number) => ({ id, revision }) as LiveChange;
const connections = () =>
  FakeEventSource.opened.filter(({ readyState }) => readyState !== FakeEventSource.CLOSED);
const settle = () => jest.advanceTimersByTimeAsync(0);

describe('of the tabs of one participant', () => {
  it('one is connected, and all hear what it hears', async () => {
    const [first, second] = [openTab(), openTab()];
    await settle();
    expect(connections()).toHaveLength(1);
    connections()[0]?.tell('ready', ready());
    connections()[0]?.tell('session-request', change('r-1', 3));
    expect(first.heard).toEqual(['ready', 'live', 'r-1@3']);
    expect(second.heard).toEqual(['connecting', ...first.heard]);
  });

  it('one that comes later hears how the connection is', async () => {
    openTab();
    await settle();
    connections()[0]?.tell('ready', ready());
    expect(openTab().heard).toEqual(['live']);
  });

  it('another is connected as soon as that one goes', async () => {
    const [first, second] = [openTab(), openTab()];
    await settle();
    connections()[0]?.tell('ready', ready());
    first.end();
    await settle();
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(connections()).toHaveLength(1);
    connections()[0]?.tell('ready', ready());
    expect(second.heard).toEqual(['connecting', 'ready', 'live', 'ready', 'live']);
    expect(first.heard).toEqual(['ready', 'live']);
  });

  it('one that is looked at takes over from one that sleeps, which listens again when it wakes', async () => {
    const first = openTab();
    await settle();
    connections()[0]?.tell('ready', ready());
    FakeChannel.asleep.add(first.channel);
    const second = openTab();
    await jest.advanceTimersByTimeAsync(4_999);
    expect(FakeEventSource.opened).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(connections()).toHaveLength(1);
    FakeChannel.asleep.clear();
    connections()[0]?.tell('ready', ready());
    expect(second.heard).toEqual(['ready', 'live']);
    expect(first.heard).toEqual(['ready', 'live', 'ready', 'live']);
    second.end();
    await settle();
    expect(connections()).toHaveLength(1);
  });

  it('one that comes back into view looks whether anybody listens', async () => {
    const [first] = [openTab(), openTab()];
    await settle();
    connections()[0]?.tell('ready', ready());
    await jest.advanceTimersByTimeAsync(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    FakeChannel.asleep.add(first.channel);
    page.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(FakeEventSource.opened).toHaveLength(2);
  });
});

it('tabs of different participants have nothing to tell each other', async () => {
  const mine = openTab('p-1');
  openTab('p-2');
  await settle();
  FakeEventSource.opened[0]?.tell('session-request', change('r-1', 0));
  expect(mine.heard).toEqual(['r-1@0']);
  expect(openTab('p-2').heard).toEqual([]);
});

describe('a connection', () => {
  it('that breaks is resumed by the browser', async () => {
    const { heard } = openTab();
    await settle();
    connections()[0]?.tell('ready', ready());
    connections()[0]?.fail(FakeEventSource.CONNECTING);
    await jest.advanceTimersByTimeAsync(60_000);
    connections()[0]?.tell('ready', ready(true));
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(heard).toEqual(['ready', 'live', 'lost', 'resumed', 'live']);
  });

  it('that is refused is tried again, after pauses that grow to half a minute, and begin anew when it stood', async () => {
    const { heard } = openTab();
    await settle();
    const refuse = (): void => FakeEventSource.opened.at(-1)?.fail(FakeEventSource.CLOSED);
    for (const pause of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      refuse();
      const before = FakeEventSource.opened.length;
      await jest.advanceTimersByTimeAsync(pause - 1);
      expect(FakeEventSource.opened).toHaveLength(before);
      await jest.advanceTimersByTimeAsync(1);
      expect(FakeEventSource.opened).toHaveLength(before + 1);
    }
    expect(heard.slice(0, 2)).toEqual(['refused', 'lost']);
    connections()[0]?.tell('ready', ready());
    refuse();
    const before = FakeEventSource.opened.length;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(FakeEventSource.opened).toHaveLength(before + 1);
  });

  it('that was refused is tried again at once when somebody looks', async () => {
    openTab();
    await settle();
    connections()[0]?.fail(FakeEventSource.CLOSED);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(FakeEventSource.opened).toHaveLength(1);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(FakeEventSource.opened).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(FakeEventSource.opened).toHaveLength(2);
  });

  it('gives way to a new one when there is another network', async () => {
    openTab();
    await settle();
    connections()[0]?.tell('ready', ready());
    browser.dispatchEvent(new Event('online'));
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(connections()).toHaveLength(1);
  });

  it('ends with its tab, and nothing of it stays', async () => {
    const { heard, end } = openTab();
    await settle();
    connections()[0]?.fail(FakeEventSource.CLOSED);
    end();
    browser.dispatchEvent(new Event('online'));
    page.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(heard).toEqual(['refused', 'lost']);
    expect(jest.getTimerCount()).toBe(0);
    expect(FakeChannel.open).toEqual([]);
  });
});

describe('a browser', () => {
  it('without locks has a connection for each tab', () => {
    replace('navigator', {});
    openTab();
    openTab();
    expect(connections()).toHaveLength(2);
  });

  it('that refuses locks has a connection for each tab', async () => {
    const request = () => Promise.reject(new DOMException('storage is blocked', 'SecurityError'));
    replace('navigator', { locks: { request } });
    openTab();
    openTab();
    await settle();
    expect(connections()).toHaveLength(2);
  });
});
