import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  sessionRequestEventTypes,
  sessionRequestStatuses,
  statusOf,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
} from '../src/index.ts';
import { live, lives, stateAfter } from '../src/testing.ts';

interface GoldenHistory {
  readonly release: string;
  readonly life: string;
  readonly events: readonly (SessionRequestEvent & { readonly recordedAt: string })[];
  readonly status: SessionRequestStatus;
  readonly state: SessionRequest;
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const { version: thisRelease } = JSON.parse(read('../package.json')) as { version: string };

const folder = new URL('.', import.meta.url);
const histories = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(new URL(name, folder)).map((file) => `${name}/${file}`))
  .map((path) => ({ path, ...(JSON.parse(read(path)) as GoldenHistory) }));

describe('golden histories', () => {
  it.each(histories)('$path folds to the state it has always folded to', ({ events, state, status }) => {
    const today = stateAfter(...events);
    expect(today).toStrictEqual(state);
    expect(today && statusOf(today)).toBe(status);
  });

  it('were recorded for this release, one of every kind of life', () => {
    const recorded = histories.filter(({ release }) => release === thisRelease).map(({ life }) => life);
    expect(recorded.sort()).toStrictEqual(Object.keys(lives).sort());
  });

  it.each(histories.filter(({ release }) => release === thisRelease))(
    '$path is what this release writes',
    ({ life, events }) => {
      const written = live(lives[life as keyof typeof lives]);
      expect(written.map(({ recordedAt, event }) => ({ recordedAt, ...event }))).toStrictEqual(events);
    },
  );

  it('contain every type of event and every status', () => {
    expect(new Set(histories.flatMap(({ events }) => events.map(({ type }) => type)))).toStrictEqual(
      new Set(sessionRequestEventTypes),
    );
    expect(new Set(histories.map(({ status }) => status))).toStrictEqual(new Set(sessionRequestStatuses));
  });
});
