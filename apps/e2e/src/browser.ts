import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from '@hse/engines';
import { chromium, type Browser } from 'playwright-core';

/** Why there is no browser here; undefined where there is one. */
export const browserAbsent =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `@sparticuz/chromium holds a Chromium for Linux on x64, and this is ${process.platform} on ${process.arch}`;

/** Room for a browser to start on a busy machine. */
export const patienceMs = 60_000;

/** A real Chromium, without a window, out of its npm package: nothing is downloaded. */
export const startBrowser = async (): Promise<{ browser: Browser; stop(): Promise<void> }> => {
  const unpacked = await cached(`chromium-${version()}`, unpack);
  const directory = await mkdtemp(join(tmpdir(), 'hse-chromium-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const browser = await chromium.launch({
      executablePath: join(unpacked, 'chromium'),
      args: ['--no-sandbox', '--disable-gpu', '--no-zygote'],
      env: { ...process.env, TMPDIR: directory, FONTCONFIG_PATH: join(unpacked, 'fonts') },
      timeout: patienceMs,
    });
    return {
      browser,
      stop: async () => {
        await browser.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};

const version = (): string => {
  const manifest = join(import.meta.dirname, '../../../node_modules/@sparticuz/chromium/package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
};

/**
 * The package unpacks into the directory for temporary files and takes whatever it finds there under its names, be it of
 * another version or half of one. So it gets one of its own, in a process of its own, because jest's have the real one.
 */
const unpack = async (directory: string): Promise<void> => {
  await promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      "import chromium from '@sparticuz/chromium'; await chromium.executablePath();",
    ],
    { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: directory }, timeout: patienceMs },
  );
};
