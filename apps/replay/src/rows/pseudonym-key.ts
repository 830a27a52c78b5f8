import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '../command.ts';

const keyBytes = 32;

/** Where the key is kept when nothing else is said: with the user's own settings, never in the data of a system. */
export const defaultKeyFile = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'session-requests', 'pseudonym.key');

/**
 * The key in a file (64 hexadecimal digits); the file is made, for its owner only, where there is none.
 * @throws Failure where it holds no key, or others than its owner can read it.
 */
export const readPseudonymKey = (path: string, onMade: (path: string) => void = () => {}): Uint8Array => {
  const found = read(path);
  if (found) return found;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(keyBytes);
  // A link is made whole or not at all: of two that begin at the same time, both go on with the same key.
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(mine, path);
    onMade(path);
    return key;
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(path) : undefined;
    if (!other) throw error;
    return other;
  } finally {
    rmSync(mine, { force: true });
  }
};

const read = (path: string): Uint8Array | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`The key ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Failure(`${path} holds no key: it has to be 64 hexadecimal digits, or not there yet.`);
  // Windows has no such modes.
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new Failure(`${path} can be read by others, who could undo the pseudonyms: chmod 600 ${path}`);
  return Buffer.from(text, 'hex');
};
