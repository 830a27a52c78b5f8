import { describe, expect, test } from '@jest/globals';
import type { SessionRequestRecord } from '@hse/contracts';
import { RevisionGap } from '@hse/event-sourcing';
import { projectSessionRequest } from './project-session-request.ts';
import { knownHistories, recordedLog } from './testing/log.ts';

const [history = []] = knownHistories;
const log = recordedLog([history]);
const [first, second, third] = log;
if (!first || !second || !third) throw new Error('the history is too short for these tests');

describe('the record of a session request', () => {
  test('is the fold of its events, with the place and time of the latest', () => {
    const record = log.reduce<SessionRequestRecord | undefined>(projectSessionRequest, undefined);
    expect(record?.state.revision).toBe(log.length - 1);
    expect(record?.position).toBe(log.length);
    expect(record?.recordedAt).toBe(log.at(-1)?.metadata.recordedAt);
  });

  test('belongs to the trace of its latest event, and to none where that has none', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = { ...first, metadata: { ...first.metadata, traceparent } };
    const record = projectSessionRequest(undefined, traced);
    expect(record.traceparent).toBe(traceparent);
    expect(projectSessionRequest(record, second)).not.toHaveProperty('traceparent');
  });

  test('stays the very same when an event comes that it reflects', () => {
    const record = projectSessionRequest(projectSessionRequest(undefined, first), second);
    expect(projectSessionRequest(record, second)).toBe(record);
    expect(projectSessionRequest(record, first)).toBe(record);
  });

  test('is not projected over a gap', () => {
    const record = projectSessionRequest(undefined, first);
    const gap = new RevisionGap(first.stream, 1, 2);
    expect(() => projectSessionRequest(record, third)).toThrow(gap);
    expect(() => projectSessionRequest(undefined, second)).toThrow(RevisionGap);
  });

  test('does not begin with anything but the request', () => {
    expect(() => projectSessionRequest(undefined, { ...second, revision: 0 })).toThrow(RevisionGap);
  });
});
