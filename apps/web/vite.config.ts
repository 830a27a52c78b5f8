import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const gateway = process.env['GATEWAY'] ?? 'http://localhost:3000';

/** Bytes below which compressing saves nothing worth a file. */
const leastBytes = 1_024;

/** Writes a `.br` and a `.gz` beside each text, which the gateway sends to whoever takes them. */
const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    const names = await readdir(dir, { recursive: true });
    const compress = async (name: string): Promise<void> => {
      const path = join(dir, name);
      const content = await readFile(path);
      if (content.length < leastBytes) return;
      const options = {
        params: {
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
        },
      };
      await writeFile(`${path}.br`, await promisify(brotliCompress)(content, options));
      await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
    };
    await Promise.all(names.filter((name) => /\.(js|css|html|svg)$/.test(name)).map(compress));
  },
});

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    // The texts of react-aria in the languages that the app has texts in; all of them would be 60 kB more.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    compressed(),
  ],
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    manifest: true,
  },
  server: {
    // For working on the app: `npx vite apps/web` beside `npm start`.
    proxy: { '/api': gateway, '/auth': gateway, '/oidc': gateway },
  },
});
