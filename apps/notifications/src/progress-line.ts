import type { Progress } from './progress.ts';

/** A line on standard error that tells how far something is: in place on a terminal, else one line at each report. */
export const progressLine = (did: string) => {
  const { stderr } = process;
  return {
    show: ({ events, percent, eventsPerSecond, remainingMs }: Progress): void => {
      const rest = remainingMs === undefined ? '' : `, ${Math.ceil(remainingMs / 1000)} s to go`;
      const text = `${did} ${events} events, ${percent.toFixed(0)} %, ${eventsPerSecond}/s${rest}`;
      stderr.write(stderr.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
    },
    end: (): void => {
      if (stderr.isTTY) stderr.write('\n');
    },
  };
};
