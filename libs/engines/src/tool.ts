import { execFile } from 'node:child_process';
import { EngineUnavailable } from './engine-unavailable.ts';

const longestOutput = 16 * 2 ** 20;

/**
 * Runs a command-line tool to its end and returns what it printed.
 *
 * @param remedy what to do where the tool is missing or fails, as a sentence.
 * @throws EngineUnavailable when the tool is not installed, or ends with another code than 0.
 */
export const runTool = (
  file: string,
  args: readonly string[],
  { remedy, cwd, timeoutMs = 600_000 }: { remedy: string; cwd?: string; timeoutMs?: number },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { maxBuffer: longestOutput, timeout: timeoutMs, ...(cwd === undefined ? {} : { cwd }) };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === 'ENOENT')
        return reject(new EngineUnavailable(`${file} is not installed. ${remedy}`, { cause: error }));
      const ending = error.killed
        ? `took longer than ${timeoutMs / 1_000} s`
        : `failed (${String(error.code)})`;
      reject(
        new EngineUnavailable(
          `${file} ${args.join(' ')} ${ending}. ${remedy}\n${lastLines(stdout + stderr)}`,
          {
            cause: error,
          },
        ),
      );
    });
  });

/** The end of an output, for a message. */
export const lastLines = (text: string, count = 20): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');
