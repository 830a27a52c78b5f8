import type { ExpectedRevision } from '@hse/event-sourcing';
import type { AppendRequest, EventRow, Verdict } from './writer.ts';

/**
 * What passes between the threads: one array of numbers and strings for appends, and one for their verdicts. Copying one
 * flat array costs a fraction of copying the objects it stands for.
 */
export type Message = readonly (string | number | undefined)[];

/** From the store to the writer's thread: appends, and whether they are the last of their transaction; or to end. */
export type ToWriter = { readonly requests: Message; readonly commit: boolean } | 'end';

/** From the writer's thread: it is ready, the verdicts on what was committed, or it cannot go on. */
export type FromWriter =
  { readonly ready: true } | { readonly verdicts: Message } | { readonly fault: string };

export const packRequests = (requests: readonly AppendRequest[]): Message => {
  const message: (string | number)[] = [];
  for (const { stream, expected, events } of requests) {
    message.push(stream, expected, events.length);
    for (const { id, type, data, metadata } of events) message.push(id, type, data, metadata);
  }
  return message;
};

export const unpackRequests = (message: Message): AppendRequest[] => {
  const requests: AppendRequest[] = [];
  for (let at = 0; at < message.length;) {
    const stream = message[at] as string;
    const expected = message[at + 1] as ExpectedRevision;
    const count = message[at + 2] as number;
    at += 3;
    const events: EventRow[] = [];
    for (const end = at + count * 4; at < end; at += 4) {
      const [id, type] = [message[at] as string, message[at + 1] as string];
      events.push({ id, type, data: message[at + 2] as string, metadata: message[at + 3] as string });
    }
    requests.push({ stream, expected, events });
  }
  return requests;
};

export const packVerdicts = (verdicts: readonly Verdict[]): Message =>
  verdicts.flatMap((verdict): Message => {
    switch (verdict.kind) {
      case 'appended':
      case 'repeated':
        return [verdict.kind, verdict.revision, verdict.position];
      case 'wrong-revision':
        return [verdict.kind, verdict.actual, undefined];
      case 'failed':
        return [verdict.kind, verdict.reason, verdict.message];
    }
  });

export const unpackVerdicts = (message: Message): Verdict[] => {
  const verdicts: Verdict[] = [];
  for (let at = 0; at < message.length; at += 3) {
    const [kind, first, second] = [message[at], message[at + 1], message[at + 2]];
    if (kind === 'appended' || kind === 'repeated') {
      verdicts.push({ kind, revision: first as number, position: second as number });
    } else if (kind === 'wrong-revision') {
      verdicts.push({ kind, actual: first as number | undefined });
    } else {
      verdicts.push({ kind: 'failed', reason: first as 'full' | 'unreachable', message: second as string });
    }
  }
  return verdicts;
};
