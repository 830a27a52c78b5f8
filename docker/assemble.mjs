// Puts one service together for its image: the packages that are installed here, and of the workspace the service itself
// and what it depends on at run time, as built elsewhere; and the folders that its package.json names as `imageFolders`,
// which are built without being a package that it imports. `node assemble.mjs <service> <built workspace> <folder>`.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const [service, built, to] = process.argv.slice(2);
const scope = join('node_modules', '@hse');

/** Types, source maps, sources and what belongs to the compiler: nobody looks at it at run time. */
const isIdle = (path) =>
  /\.(d\.[cm]?ts|[cm]?js\.map|tsbuildinfo)$/.test(path) || ['src', 'tsconfig.json'].includes(basename(path));

const foldersOf = new Map(
  readdirSync(scope).map((name) => [`@hse/${name}`, resolve(scope, readlinkSync(join(scope, name)))]),
);
const here = resolve('.');
const pathOf = (name) => foldersOf.get(name).slice(here.length + 1);

const manifestOf = (name) => JSON.parse(readFileSync(join(pathOf(name), 'package.json'), 'utf8'));

const needed = new Set();
const need = (name) => {
  if (needed.has(name)) return;
  needed.add(name);
  const { dependencies = {} } = manifestOf(name);
  for (const dependency of Object.keys(dependencies)) if (foldersOf.has(dependency)) need(dependency);
};
need(`@hse/${service}`);

const copy = (from, path, isLeftOut) => {
  if (!existsSync(join(from, path))) return;
  const filter = (source) => !isLeftOut(source);
  cpSync(join(from, path), join(to, path), { recursive: true, verbatimSymlinks: true, filter });
};

mkdirSync(to, { recursive: true });
const ofWorkspace = resolve(scope);
copy(
  here,
  'node_modules',
  (path) => path.startsWith(ofWorkspace) || /\.(d\.[cm]?ts|[cm]?js\.map)$/.test(path),
);
for (const name of needed) {
  const path = pathOf(name);
  copy(built, path, (source) => isIdle(source) || basename(source) === 'node_modules');
  copy(here, join(path, 'node_modules'), (source) => /\.(d\.[cm]?ts|[cm]?js\.map)$/.test(source));
  copy(here, join(scope, basename(name)), () => false);
}
for (const folder of manifestOf(`@hse/${service}`).imageFolders ?? []) {
  if (!existsSync(join(built, folder))) throw new Error(`${folder} is not built`);
  copy(built, folder, () => false);
}
