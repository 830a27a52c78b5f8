import type { Progress } from './progress.ts';

const cells = 20;

const bar = (percent: number): string => {
  const full = Math.min(cells, Math.floor((percent / 100) * cells));
  return '█'.repeat(full) + '░'.repeat(cells - full);
};

/**
 * A line on standard error that tells how far something is, with a bar: in place on a terminal, else, unless `quiet`, one
 * line at each report.
 */
export const progressLine = (did: string, { quiet = false } = {}) => {
  const { stderr } = process;
  let shown = false;
  return {
    show: ({ events, percent, eventsPerSecond, remainingMs }: Progress): void => {
      if (quiet && !stderr.isTTY) return;
      const rest = remainingMs === undefined ? '' : `, ${Math.ceil(remainingMs / 1000)} s to go`;
      const text = `${did} ${events} events, ${percent.toFixed(0)} %, ${eventsPerSecond}/s${rest}`;
      stderr.write(stderr.isTTY ? `\r\u001b[2K${bar(percent)} ${text}` : `${text}\n`);
      shown = true;
    },
    end: (): void => {
      if (stderr.isTTY && shown) stderr.write('\n');
      shown = false;
    },
  };
};
