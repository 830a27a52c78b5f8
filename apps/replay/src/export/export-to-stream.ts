import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { createProgressReport } from '@hse/service-kit/command-line';
import { columns } from '../rows/columns.ts';
import { createEntries } from '../rows/entries.ts';
import { csv, ndjson } from './encode.ts';
import { filterOf, type ExportOptions } from './export-history.ts';

const batchSize = 1_000;

/** Writes the rows of a history to a stream, as fast as its reader takes them; what is interrupted stays half. */
export const exportToStream = async (
  options: Omit<ExportOptions, 'out' | 'resume' | 'overwrite'> & { out: Writable },
): Promise<void> => {
  const { history, plan, rowOptions, policies, out, signal, elapsedMs, onProgress } = options;
  const encoding = (plan.format === 'csv' ? csv : ndjson)(columns);
  const isWanted = filterOf(plan, rowOptions);
  const entries = createEntries(policies);
  const head = await history.head();
  const progress = createProgressReport({ target: head, onProgress, elapsedMs });
  let text = encoding.head;
  for await (const batch of history.readAll({ batchSize, ...(signal && { signal }) })) {
    for (const event of batch.events) {
      if (event.position > head) break;
      const entry = entries.next(event);
      if (isWanted(entry)) text += encoding.row(entry, rowOptions);
    }
    if (text !== '' && !out.write(text)) await once(out, 'drain');
    text = '';
    progress.advance(batch.events.length, Math.min(batch.position, head));
    if (batch.position >= head) break;
  }
  if (text !== '') out.write(text);
  progress.done();
};
