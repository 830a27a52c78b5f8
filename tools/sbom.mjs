// cspell:ignore cyclonedx
// `npm run sbom`: what runs, as a CycloneDX document. `npm sbom --omit=dev` also leaves out what is needed for both: running and developing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const npm = ['sbom', '--sbom-format=cyclonedx'];
const all = JSON.parse(
  execFileSync('npm', npm, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

/** Where Node finds a package that is named by the one at this path; as a path of the lock file. */
const resolve = (name, from) => {
  for (let at = from; ; at = at.replace(/\/?[^/]*$/, '')) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path]) return packages[path].link ? packages[path].resolved : path;
    if (at === '') return undefined;
  }
};
const needed = new Set();
const need = (path) => {
  if (path === undefined || needed.has(path)) return;
  needed.add(path);
  const { dependencies = {}, optionalDependencies = {} } = packages[path];
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) need(resolve(name, path));
};
for (const path of Object.keys(packages)) if (/^apps\/(?!e2e$)[^/]+$/.test(path)) need(path);

/** Packages as their addresses name them (`pkg:npm/<name>@<version>`). */
const addresses = new Set(
  [...needed].map((path) => {
    const { name = path.replace(/^.*node_modules\//, ''), version } = packages[path];
    return `pkg:npm/${name}@${version}`;
  }),
);
const components = all.components.filter(({ purl }) => addresses.has(decodeURIComponent(purl)));
const kept = new Set([all.metadata.component, ...components].map((each) => each['bom-ref']));
const dependencies = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }));

console.log(JSON.stringify({ ...all, components, dependencies }, undefined, 2));
