import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import { defaultExpiryPolicy, parseExpiryPolicy, type SessionRequestEvent } from '@hse/session-requests';
import { generateEvents } from '../generate/generate-events.ts';
import { historyOf, openHistoryFile } from '../history-file.ts';
import type { History } from '../history.ts';
import { faultKinds, type Fault, type FaultKind } from './fault.ts';
import { verifyLog } from './verify-log.ts';

type Recorded = RecordedEvent<SessionRequestEvent>;

const folder = mkdtempSync(join(tmpdir(), 'verify-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policy = parseExpiryPolicy(defaultExpiryPolicy);
const policies = new Map([[policy.id, policy]]);

const verified = async (history: Pick<History, 'readAll' | 'head'>, known = policies) => {
  const faults: Fault[] = [];
  const result = await verifyLog({
    history,
    policies: known,
    onFault: (fault) => faults.push(fault),
    spillTo: folder,
    elapsedMs: () => 0,
  });
  expect(result.faults).toBe(faults.length);
  return { ...result, found: faults.map(({ kind, position }) => `${kind} ${position}`), faults };
};

const sound = [
  ...generateEvents({ seed: 'sound', events: 1_000, startMs: Date.UTC(2026, 0, 5), weeks: 6, policy }),
].flat();

/** As it would be read. Objects of `structuredClone` are of another realm than those of the test. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A copy of it, corrupted; what is written to it is checked by nobody. */
type Writable = {
  -readonly [K in keyof Recorded]: Recorded[K] extends object ? Record<string, unknown> : Recorded[K];
};
const corrupted = (corrupt: (log: Writable[]) => Writable[] | undefined) => {
  const log = copyOf(sound) as unknown as Writable[];
  return verified(historyOf((corrupt(log) ?? log) as unknown as Recorded[]));
};

const last = (kind: string, where: (event: Recorded) => boolean = () => true): number =>
  sound.findLastIndex((event) => event.type === kind && where(event));
const successorOf = (index: number): number =>
  sound.findIndex(({ stream }, at) => at > index && stream === sound[index]!.stream);
/** The first event that has another after it in its stream. */
const continued = sound.findIndex((_, index) => successorOf(index) > index + 1);

describe('a log', () => {
  it('that was made up is sound', async () => {
    const { found, events, streams, head } = await verified(historyOf(sound));
    expect(found).toStrictEqual([]);
    expect({ events, head }).toStrictEqual({ events: 1_000, head: 1_000 });
    expect(streams).toBe(new Set(sound.map(({ stream }) => stream)).size);
  });

  const golden = fileURLToPath(new URL('../../../../libs/session-requests/golden/0.1.0', import.meta.url));
  it('that every release has left behind is sound', async () => {
    const log: Recorded[] = [];
    for (const [life, name] of readdirSync(golden).entries())
      for await (const { events } of (await openHistoryFile(join(golden, name))).readAll())
        for (const event of events) {
          const requestId = `request-${life}`;
          const place = { stream: `sessionRequest-${requestId}`, position: log.length + 1 };
          log.push({
            ...event,
            ...place,
            id: `event-${log.length}`,
            data: { ...event.data, requestId },
          } as Recorded);
        }
    const { found, streams } = await verified(historyOf(log));
    expect(found).toStrictEqual([]);
    expect(streams).toBe(20);
  });

  it('of a policy that is not known is not checked for its deadlines, and that is said', async () => {
    const { found, unknownPolicies } = await verified(historyOf(sound), new Map());
    expect(found).toStrictEqual([]);
    const proposals = sound.filter(({ data }) => 'policyId' in data).length;
    expect(unknownPolicies).toStrictEqual(new Map([[policy.id, proposals]]));
  });
});

describe('what is wrong with a log is found and named', () => {
  const cases: Record<FaultKind, () => ReturnType<typeof corrupted>> = {
    'position-not-ascending': () =>
      corrupted((log) => {
        const [a, b] = [log[10]!, log[11]!];
        [a.position, b.position] = [b.position, a.position];
        return undefined;
      }),
    'wrong-stream': () =>
      corrupted((log) => {
        const index = last(
          'SessionRequested',
          ({ stream }) => sound.filter((e) => e.stream === stream).length === 1,
        );
        log[index]!.stream = 'sessionRequest-another';
        return undefined;
      }),
    'unknown-type': () =>
      corrupted((log) => {
        log[last('SessionRequested')]!.type = 'SessionImagined' as never;
        return undefined;
      }),
    'no-instant': () =>
      corrupted((log) => {
        log[last('SessionRejected')]!.metadata['recordedAt'] = '2026-02-30T09:00:00.000Z';
        return undefined;
      }),
    'time-goes-back': () =>
      corrupted((log) => {
        log[successorOf(continued)]!.metadata['recordedAt'] = '2026-01-01T00:00:00.000Z';
        return undefined;
      }),
    'wrong-deadline': () =>
      corrupted((log) => {
        const { data } = log[last('SessionRequested')]!;
        data['respondBy'] = new Date(Date.parse(data['respondBy'] as string) + 1).toISOString();
        return undefined;
      }),
    'not-permitted': () =>
      corrupted((log) => {
        const { data } = log[last('SessionAccepted')]!;
        data['acceptedBy'] = data['acceptedBy'] === 'coach' ? 'client' : 'coach';
        return undefined;
      }),
    'revision-gap': () => corrupted((log) => log.toSpliced(continued, 1)),
    'revision-twice': () =>
      corrupted((log) => {
        const twice = copyOf(log[continued]!);
        return [...log, { ...twice, id: 'another', position: log.length + 1 }];
      }),
    'event-after-the-end': () =>
      corrupted((log) => {
        const end = copyOf(
          log[last('SessionRejected', ({ data }) => !('agreedSlotStands' in data && data.agreedSlotStands))]!,
        );
        return [...log, { ...end, id: 'another', position: log.length + 1, revision: end.revision + 1 }];
      }),
    'event-id-twice': () =>
      corrupted((log) => {
        log[20]!.id = log[10]!.id;
        return undefined;
      }),
  };

  it.each(Object.keys(faultKinds) as FaultKind[])('%s', async (kind) => {
    const { found, faults } = await cases[kind]();
    expect(found.map((each) => each.split(' ')[0])).toContain(kind);
    for (const { detail, stream, position } of faults) {
      expect(detail).not.toBe('');
      expect(stream).toMatch(/^sessionRequest-/);
      expect(position).toBeGreaterThan(0);
    }
  });

  it('with the place where it is, and nothing else', async () => {
    const accepted = last('SessionAccepted', (event) => successorOf(sound.indexOf(event)) === -1);
    const { faults } = await corrupted((log) => {
      log[accepted]!.data['round'] = 99;
      return undefined;
    });
    expect(faults).toStrictEqual([
      {
        kind: 'not-permitted',
        position: accepted + 1,
        stream: sound[accepted]!.stream,
        detail: 'SessionAccepted would have been recorded with other data: round',
      },
    ]);
  });

  it('also where the request has long been forgotten: an answer to an agreed session that is over', async () => {
    const accepted = sound.findIndex(
      (event, index) => event.type === 'SessionAccepted' && successorOf(index) === -1 && index < 200,
    );
    const late = copyOf(sound[accepted]!);
    const { found } = await verified(
      historyOf([
        ...Array.from({ length: 11 }, (_, times) =>
          sound.map(
            (event) =>
              ({
                ...event,
                id: `${event.id}${times}`,
                position: event.position + times * sound.length,
                stream: times === 0 ? event.stream : `${event.stream}${times}`,
                data:
                  times === 0 ? event.data : { ...event.data, requestId: `${event.data.requestId}${times}` },
              }) as Recorded,
          ),
        ).flat(),
        {
          ...late,
          id: 'late',
          position: 11 * sound.length + 1,
          revision: late.revision + 1,
          metadata: sound.at(-1)!.metadata,
        },
      ]),
    );
    expect(found).toStrictEqual([`not-permitted ${11 * sound.length + 1}`]);
  });
});
