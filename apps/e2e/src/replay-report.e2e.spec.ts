import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defaultExpiryPolicy } from '@hse/session-requests';
import type { Browser } from 'playwright-core';
import { patienceMs, startBrowser } from './browser.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';

const main = fileURLToPath(new URL('../../replay/dist/main.js', import.meta.url));
const pictures = fileURLToPath(new URL('../../../.cache/screenshots', import.meta.url));

/** Runs in the page: texts that reach out of their picture. */
const outside = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  if (frame.width === 0) return [];
  return [...svg.querySelectorAll('text')]
    .filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
    })
    .map((text) => text.textContent);
})`;

describeInBrowser('the pages of replay', () => {
  let folder: string;
  let browser: Browser;
  let stop: () => Promise<void>;
  const replay = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      cwd: folder,
      // npm sets it for the tests, to the folder that they were started in.
      env: { ...process.env, INIT_CWD: folder },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hse-replay-report-'));
    mkdirSync(pictures, { recursive: true });
    ({ browser, stop } = await startBrowser());
    const beforeStart = (hours: number) => ({ beforeStart: `PT${hours}H` });
    const soon = defaultExpiryPolicy.rules.slice(0, 1);
    const policy = (id: string, client: number, coach: number) => ({
      ...defaultExpiryPolicy,
      id,
      rules: [...soon, { from: 'PT24H', client: beforeStart(client), coach: beforeStart(coach) }],
    });
    await writeFile(join(folder, 'late.json'), JSON.stringify(policy('late', 4, 4)));
    await writeFile(join(folder, 'early.json'), JSON.stringify(policy('early', 20, 23)));
    await replay('generate', '--events', '5000', '--out', 'history.ndjson');
    await replay('report', '--history', 'history.ndjson', '--out', 'report.html');
    await replay(
      'backtest',
      '--history',
      'history.ndjson',
      '--policy',
      'late.json',
      '--policy',
      'early.json',
      '--html',
      'backtest.html',
    );
  }, patienceMs);
  afterAll(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    // The two share their style and charts, so each half of the pairs is looked at once.
    { name: 'report', size: 'phone', width: 360, colorScheme: 'dark' },
    { name: 'backtest', size: 'desktop', width: 1100, colorScheme: 'light' },
  ] as const)(
    '$name, $size, $colorScheme: nothing that axe finds, nothing that scrolls sideways, nothing outside of its picture',
    async ({ name, size, width, colorScheme }) => {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
      });
      try {
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        const url = pathToFileURL(join(folder, `${name}.html`)).href;
        await page.goto(url);
        // With the tables open there is more to find.
        for (const summary of await page.locator('summary').all()) await summary.click();
        await page.screenshot({ path: join(pictures, `replay-${name}-${size}.png`), fullPage: true });
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual(
          [],
        );
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          width,
        );
        expect(await page.evaluate<string[]>(outside)).toEqual([]);
        expect(asked).toEqual([url]);
      } finally {
        await context.close();
      }
    },
  );
});
