import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  /** 100 ns since 1970, as the server has it. */
  readonly created: string;
}

export type Expected = number | 'no-stream' | 'stream-exists' | 'any';

export type AppendOutcome =
  | { readonly kind: 'success'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong-version'; readonly current: number | undefined }
  | { readonly kind: 'deleted' };

/** What one line of the file holds. */
type Line =
  | {
      stream: string;
      created: string;
      events: [id: string, type: string, contentType: string, data: string, metadata: string][];
    }
  | { tombstone: string };

/** The log of the stand-in: in memory and, where a file is given, in it, written before an append is answered and never synced. */
export class RecordedLog {
  readonly all: LoggedEvent[] = [];
  readonly #streams = new Map<string, LoggedEvent[] | 'deleted'>();
  readonly #file: number | undefined;
  #end = 500; // positions have gaps, and do not begin at 0

  constructor(path?: string) {
    if (path === undefined) return;
    this.#file = openSync(path, 'a+');
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1); // a kill may have torn the last line
    ftruncateSync(this.#file, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) if (line) this.#replay(JSON.parse(line) as Line);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  stream(name: string): readonly LoggedEvent[] | 'deleted' | undefined {
    return this.#streams.get(name);
  }

  /** Index in {@link all} of the first event at or after a position. */
  indexOf(position: number): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.all[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  tombstone(stream: string): void {
    this.#streams.set(stream, 'deleted');
    this.#write({ tombstone: stream });
  }

  append(stream: string, expected: Expected, proposed: readonly ProposedEvent[]): AppendOutcome {
    const there = this.#streams.get(stream) ?? [];
    if (there === 'deleted') return { kind: 'deleted' };
    const current = there.length - 1;
    const refusal = { kind: 'wrong-version', current: current < 0 ? undefined : current } as const;
    if (expected === 'stream-exists' && current < 0) return refusal;
    // Idempotency under `any` and `stream-exists` is only the best effort of the real server: here, none is made.
    if (expected !== 'any' && expected !== 'stream-exists') {
      const after = expected === 'no-stream' ? -1 : expected;
      if (after > current) return refusal;
      if (after < current) {
        const last = there[after + proposed.length];
        const same = proposed.every(({ id }, index) => there[after + 1 + index]?.id === id);
        return same && last ? { kind: 'success', revision: last.revision, position: last.position } : refusal;
      }
    }
    const created = `${BigInt(Date.now()) * 10_000n}`;
    const last = this.#record(stream, created, proposed);
    this.#write({
      stream,
      created,
      events: proposed.map(({ id, type, contentType, data, metadata }) => [
        id,
        type,
        contentType,
        Buffer.from(data).toString('base64'),
        Buffer.from(metadata).toString('base64'),
      ]),
    });
    return { kind: 'success', revision: last?.revision ?? current, position: last?.position ?? 0 };
  }

  #record(stream: string, created: string, proposed: readonly ProposedEvent[]): LoggedEvent | undefined {
    const there = this.#streams.get(stream);
    const events = there === undefined || there === 'deleted' ? [] : there;
    this.#streams.set(stream, events);
    for (const event of proposed) {
      const logged = { ...event, stream, created, revision: events.length, position: this.#end };
      this.#end += 150 + stream.length + event.data.length + event.metadata.length;
      events.push(logged);
      this.all.push(logged);
    }
    return events.at(-1);
  }

  #replay(line: Line): void {
    if ('tombstone' in line) {
      this.#streams.set(line.tombstone, 'deleted');
      return;
    }
    const events = line.events.map(([id, type, contentType, data, metadata]) => ({
      id,
      type,
      contentType,
      data: Buffer.from(data, 'base64'),
      metadata: Buffer.from(metadata, 'base64'),
    }));
    this.#record(line.stream, line.created, events);
  }

  #write(line: Line): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
