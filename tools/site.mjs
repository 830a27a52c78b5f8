// Whether the web app has to be built, and that it has been. Plain JavaScript for Node 20, because bootstrap.mjs reads it
// before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const web = 'apps/web';
const site = join(web, 'dist', 'site');
/** Beside the site, which is emptied before it is built. */
const stampFile = join(web, 'dist', 'site.stamp');

/** The arguments for Node that build it. */
export const siteBuild = ['node_modules/vite/bin/vite.js', 'build', web, '--logLevel=warn'];

const filesIn = (root, path) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesIn(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`],
    )
    .filter((file) => !/\.spec\.tsx?$/.test(file));

/** Says what the site is built from: its sources and the packages that are installed, by content. */
const stampOf = (root) => {
  const hash = createHash('sha256');
  const own = ['index.html', 'package.json', 'vite.config.ts', 'tsconfig.json'].map(
    (name) => `${web}/${name}`,
  );
  const sources = [...filesIn(root, `${web}/src`), ...filesIn(root, `${web}/public`)].sort();
  for (const file of ['package-lock.json', 'tsconfig.base.json', ...own, ...sources]) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

/** What to hand to {@link siteIsBuilt} once the site is built; undefined when it is up to date. */
export const staleSite = (root) => {
  const stamp = stampOf(root);
  const built = existsSync(join(root, site, 'index.html')) && existsSync(join(root, stampFile));
  return built && readFileSync(join(root, stampFile), 'utf8') === stamp ? undefined : stamp;
};

/** @param stamp of what the site was built from: changes made meanwhile count as changes. */
export const siteIsBuilt = (root, stamp) => {
  mkdirSync(dirname(join(root, stampFile)), { recursive: true });
  writeFileSync(join(root, stampFile), stamp);
};
