import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** A disk without room, where there is such a thing. */
const fullDisk = '/dev/full';

/** A process that logs some lines to where nothing more fits, works on and ends by itself. @returns how it ended. */
const processThatLogs = async (format: 'json' | 'pretty'): Promise<{ code: unknown; said: string }> => {
  const script = `
    import { createPinoLogger } from './pino-logger.ts';
    const logger = createPinoLogger({ level: 'info', format: '${format}' });
    for (let line = 0; line < 40; line += 1) {
      logger.info({ line }, 'something was done');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    console.error('worked on');
    process.exit(0);`;
  const stdout = openSync(fullDisk, 'w');
  const child = spawn(
    process.execPath,
    ['--conditions=@hse/source', '--input-type=module-typescript', '--eval', script],
    { cwd: import.meta.dirname, stdio: ['ignore', stdout, 'pipe'], timeout: 10_000, killSignal: 'SIGKILL' },
  );
  closeSync(stdout);
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, said };
};

(existsSync(fullDisk) ? describe : describe.skip)('a log that cannot be written', () => {
  it.each(['json', 'pretty'] as const)('as %s, stops nothing', async (format) => {
    expect(await processThatLogs(format)).toEqual({
      code: 0,
      said: expect.stringContaining('worked on') as unknown,
    });
  });
});
