import type { ParkedStream, ParkedStreams } from '@hse/event-sourcing';

export const parkedUsage = `usage: npm run parked -- list [group]
       npm run parked -- retry <group> <stream>
       npm run parked -- discard <group> <stream>

list     streams that a group does not follow at present, and why
retry    the group tries the stream again from the event it failed on
discard  the events stay without effect in this group; they stay in the log`;

/**
 * Carries out one command about parked streams; `print` gets what people read.
 *
 * @returns the exit code: 0 done, 1 there is no such stream, 2 not understood.
 */
export const runParkedCommand = async (
  args: readonly string[],
  { streams, print }: { streams: ParkedStreams; print: (text: string) => void },
): Promise<number> => {
  const [verb, group, stream] = args;
  if (verb === 'list' && args.length <= 2) {
    const list = await streams.list(group);
    print(list.length === 0 ? 'No stream is parked.' : table(list));
    return 0;
  }
  if ((verb !== 'retry' && verb !== 'discard') || args.length !== 3 || !group || !stream) {
    print(parkedUsage);
    return 2;
  }
  if (!(await streams.decide(group, stream, verb === 'retry' ? 'retry' : 'discarded'))) {
    print(`Group ${group} has not parked a stream ${stream}. See: npm run parked -- list`);
    return 1;
  }
  print(
    verb === 'retry'
      ? `Group ${group} is about to try ${stream} again. It is off the list when it has succeeded.`
      : `Group ${group} leaves ${stream} out for good. \`retry\` takes that back.`,
  );
  return 0;
};

const columns: Record<string, (stream: ParkedStream) => string> = {
  GROUP: ({ group }) => group,
  STREAM: ({ stream }) => stream,
  'FROM REVISION': ({ fromRevision }) => String(fromRevision),
  PARTITION: ({ partition }) => String(partition),
  STATE: ({ state }) => state,
  ATTEMPTS: ({ attempts }) => String(attempts),
  SINCE: ({ parkedAt }) => parkedAt,
  WHY: ({ reason }) => onOneLine(reason),
};

const table = (list: readonly ParkedStream[]): string => {
  const rows = [
    Object.keys(columns),
    ...list.map((each) => Object.values(columns).map((cell) => cell(each))),
  ];
  const widths = Object.keys(columns).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** The first line, without what a terminal would act on. */
const onOneLine = (text: string): string => (text.split('\n', 1)[0] ?? '').replace(/\p{Cc}/gu, ' ').trim();
