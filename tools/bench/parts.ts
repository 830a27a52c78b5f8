import { benchCommands } from './commands.ts';
import { benchDistributed } from './distributed.ts';
import { benchEmmett } from './emmett.ts';
import { benchEventStore } from './event-store.ts';
import { benchExport } from './export.ts';
import { benchExpiry } from './expiry.ts';
import { count, type BenchPart } from './figures.ts';
import { benchHttp } from './http.ts';
import { benchRebuild } from './rebuild.ts';
import { benchStateAt } from './state-at.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchWeb } from './web.ts';

const rebuild: BenchPart = async ({ full, progress }) => {
  const { events, readAndParsePerSecond, rebuildPerSecond, ratio } = await benchRebuild({
    events: full ? 1_000_000 : 200_000,
    say: progress,
  });
  return [
    {
      measure: `rebuild of the read models from ${count(events)} events`,
      figure: `${count(rebuildPerSecond)} events/s`,
      against: `reading and parsing the same log: ${count(readAndParsePerSecond)}/s`,
      ratio,
      aim: '≥ 0.6',
      met: ratio >= 0.6,
    },
  ];
};

/** By name, in the order of the table. */
export const parts: Readonly<Record<string, BenchPart>> = {
  commands: benchCommands,
  http: benchHttp,
  emmett: benchEmmett,
  rebuild,
  expiry: benchExpiry,
  'event-store': benchEventStore,
  distributed: benchDistributed,
  telemetry: benchTelemetry,
  replay: async (options) => [...(await benchStateAt(options)), ...(await benchExport(options))],
  web: benchWeb,
};
