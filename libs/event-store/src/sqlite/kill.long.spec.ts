import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { killRepeatedly } from './fixtures/kill-repeatedly.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

it('a process killed 30 times while it appends has lost nothing, doubled nothing, and left no gap', async () => {
  const report = await killRepeatedly(join(temporaryDirectory(), 'events.db'), 30);
  process.stdout.write(
    `${report.kills} kills: ${report.acknowledged} acknowledged, ${report.recorded} recorded, ` +
      `${report.unacknowledged} found recorded after a kill without having been acknowledged, ` +
      `${report.lost.length} lost, ${report.doubled.length} doubled, ${report.gaps.length} out of place\n`,
  );
  expect(report).toMatchObject({ kills: 30, lost: [], doubled: [], gaps: [] });
}, 600_000);
