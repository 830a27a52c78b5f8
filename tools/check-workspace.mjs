// Checks what nobody notices until it is too late: that the TypeScript references of each project are its dependencies
// in package.json (else a build is stale, or misses a project), that every project is in the root's references, has the
// scripts that Nx runs and exactly one `type:` tag, and that a package imported by its source is a dependency of it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const projects = ['apps', 'libs']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
  .filter((path) => existsSync(join(root, path, 'package.json')))
  .map((path) => ({ path, manifest: readJson(`${path}/package.json`) }));

const pathOf = new Map(projects.map(({ path, manifest }) => [manifest.name, path]));

const referencesOf = (directory) =>
  (readJson(join(directory, 'tsconfig.json')).references ?? []).map(({ path }) =>
    relative(root, resolve(root, directory, path)).replaceAll('\\', '/'),
  );

const faults = [];
const say = (where, fault) => faults.push(`${where}: ${fault}`);

const listed = referencesOf('.');
for (const { path } of projects)
  if (!listed.includes(path)) say('tsconfig.json', `does not reference ${path}`);
for (const path of listed)
  if (!existsSync(join(root, path, 'tsconfig.json'))) say('tsconfig.json', `${path} does not exist`);

const rootManifest = readJson('package.json');
const shared = new Set(Object.keys({ ...rootManifest.dependencies, ...rootManifest.devDependencies }));

const sourceFiles = (directory) =>
  readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));

const isForTests = (file) =>
  /\.spec\.tsx?$|[\\/](?:testing|fixtures)(?:[\\/]|\.tsx?$)|-contract\.ts$/.test(file);
const importsOf = (file) =>
  ts.preProcessFile(readFileSync(join(root, file), 'utf8')).importedFiles.map(({ fileName }) => fileName);
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

for (const { path, manifest } of projects) {
  const own = { ...manifest.dependencies, ...manifest.devDependencies };
  const wanted = Object.keys(own).flatMap((name) => pathOf.get(name) ?? []);
  const found = referencesOf(path).filter((reference) => !reference.startsWith(`${path}/`));
  for (const target of wanted)
    if (!found.includes(target))
      say(`${path}/tsconfig.json`, `does not reference ${target}, on which package.json depends`);
  for (const target of found)
    if (!wanted.includes(target))
      say(`${path}/tsconfig.json`, `references ${target}, on which package.json does not depend`);

  for (const script of ['build', 'lint', 'test'])
    if (!manifest.scripts?.[script]) say(`${path}/package.json`, `no script ${script}`);
  const types = (manifest.nx?.tags ?? []).filter((tag) => tag.startsWith('type:'));
  if (types.length !== 1) say(`${path}/package.json`, `has to have one type: tag, has ${types.length}`);

  if (!existsSync(join(root, path, 'src'))) continue;
  const configuration = `${path}/vite.config.ts`;
  for (const file of [
    ...sourceFiles(`${path}/src`),
    ...(existsSync(join(root, configuration)) ? [configuration] : []),
  ]) {
    for (const specifier of importsOf(file)) {
      const name = packageOf(specifier);
      if (specifier.startsWith('.') || specifier.startsWith('node:') || name === manifest.name) continue;
      if (name in own || (isForTests(file) && shared.has(name))) continue;
      say(file, `imports ${name}, which is not a dependency in ${path}/package.json`);
    }
  }
}

if (faults.length > 0) {
  console.error(
    `The workspace is out of step:\n${[...new Set(faults)].map((fault) => `  ${fault}`).join('\n')}`,
  );
  process.exitCode = 1;
}
