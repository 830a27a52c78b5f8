// Where the suites that need a real server find it: jest's globalSetup. What the environment does not name is started in
// containers, once for the whole run, where Docker answers; else the suites are told why they are skipped.
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

const variables = ['EVENTSTOREDB_URL', 'KAFKA_BROKERS', 'MONGODB_URL'];

/** Those that are named by a suite of this run. */
const wanted = async ({ rootDir, testPathPatterns }) => {
  const patterns = testPathPatterns.patterns.map((pattern) => new RegExp(pattern, 'i'));
  const found = new Set();
  for await (const file of glob('{apps,libs,tools}/**/*.spec.ts', {
    cwd: rootDir,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  })) {
    const path = join(rootDir, file);
    if (patterns.length > 0 && !patterns.some((pattern) => pattern.test(path))) continue;
    const text = readFileSync(path, 'utf8');
    for (const variable of variables) if (text.includes(variable)) found.add(variable);
  }
  return found;
};

export default async function startTestServers(globalConfig) {
  const missing = variables.filter((variable) => !process.env[variable]);
  if (missing.length === 0) return;
  const needed = await wanted(globalConfig);
  const toStart = missing.filter((variable) => needed.has(variable));
  if (toStart.length === 0) return;

  const { dockerAbsent, startContainer } = await import('../libs/engines/src/containers.ts');
  const absent = await dockerAbsent();
  const containers = [];
  // Jest loads the teardown apart from this file, so what is to be stopped is kept where both can see it.
  globalThis.testContainers = containers;
  await Promise.all(
    toStart.map(async (variable) => {
      try {
        if (absent) throw new Error(absent);
        const container = await startContainer(variable);
        containers.push(container);
        process.env[variable] = container.address;
      } catch (error) {
        process.env[`${variable}_ABSENT`] = absent
          ? `${variable} is not set, ${absent}`
          : `${variable} is not set, and its container did not start: ${error.message}`;
      }
    }),
  );
}
