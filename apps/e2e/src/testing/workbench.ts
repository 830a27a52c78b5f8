import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const web = join(import.meta.dirname, '../../../web');
const page = 'src/sessions/testing/workbench.html';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The page on which the calendar stands alone, built as the app is and served under a policy as strict as the app's. */
export const startWorkbench = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const directory = await mkdtemp(join(tmpdir(), 'hse-workbench-'));
  await build(directory);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path === '/' ? page : path.slice(1);
    readFile(join(directory, file)).then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': types[extname(file)] ?? 'image/svg+xml',
            'content-security-policy':
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'",
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** In a process of its own: what builds it is no module for jest's realm. */
const build = async (directory: string): Promise<void> => {
  const program = `
    import { build } from 'vite';
    await build({
      configFile: 'vite.config.ts',
      logLevel: 'error',
      build: { outDir: ${JSON.stringify(directory)}, rolldownOptions: { input: ${JSON.stringify(page)} } },
    });`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: web,
    timeout: 60_000,
  });
};
