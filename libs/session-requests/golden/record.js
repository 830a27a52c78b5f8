/**
 * Writes the golden histories of the present release: node golden/record.js
 * Never overwrites one: what a release wrote stays written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { evolve, statusOf } from '../src/session-request.ts';
import { live, lives } from '../src/testing/lives.ts';

const { version: release } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const histories = Object.entries(lives).map(([life, steps]) => {
  const happenings = live(steps);
  const state = happenings.reduce((before, { event }) => evolve(before, event), undefined);
  const events = happenings.map(({ recordedAt, event }) => ({ recordedAt, ...event }));
  return { release, life, events, status: statusOf(state), state };
});

const folder = new URL(`${release}/`, import.meta.url);
mkdirSync(folder); // throws where this release has been recorded already
for (const history of histories)
  writeFileSync(new URL(`${history.life}.json`, folder), `${JSON.stringify(history, null, 2)}\n`);
console.log(`${histories.length} golden histories of ${release}`);
