import { createHash } from 'node:crypto';
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

/** Gives the script that the page begins with a name by its content, as all others have: browsers keep it and need not ask. */
const keptTheme = (): Plugin => ({
  name: 'kept-theme',
  apply: 'build',
  enforce: 'post',
  async generateBundle(_options, bundle) {
    const page = Object.values(bundle).find((file) => file.fileName === 'index.html');
    if (page?.type !== 'asset') return;
    const source = await readFile(join(import.meta.dirname, 'public/theme.js'), 'utf8');
    const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
    const fileName = `assets/theme-${hash}.js`;
    this.emitFile({ type: 'asset', fileName, source });
    page.source = String(page.source).replace('/theme.js', `/${fileName}`);
  },
});

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    // The texts of react-aria in the languages that the app has texts in; all of them would be 60 kB more.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    keptTheme(),
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
