// `npm run capacity [-- --participants N …] [-- --json]`: what is needed for so many. `npm run capacity -- measure` finds out anew what
// one of each costs, and whether the costs at one size tell those at four times as much.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cheapest } from './cheapest.ts';
import { keptCosts } from './costs.ts';
import { measureOnce, type Measurement } from './measure.ts';
import { plan } from './model.ts';
import { defaultParameters, parameters, type Parameters } from './parameters.ts';
import { comparisonText, planText } from './print.ts';

const optionOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const names = Object.keys(parameters) as (keyof Parameters)[];
const usage = [
  'usage: npm run capacity [-- [--json] [--<parameter> <number>] …]',
  '       npm run capacity -- measure [--runs <number>] [--keep]',
  ...names.map(
    (name) => `  --${optionOf(name).padEnd(28)} ${parameters[name].meaning} (${parameters[name].default})`,
  ),
].join('\n');
const fail = (message: string): never => {
  console.error(`${message}\n${usage}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        runs: { type: 'string', default: '3' },
        ...Object.fromEntries(names.map((name) => [optionOf(name), { type: 'string' as const }])),
      },
    });
  } catch (error) {
    return fail((error as Error).message);
  }
};
const { values, positionals } = readArguments();
const numberOf = (option: string): number | undefined => {
  const text = (values as Record<string, string | boolean | undefined>)[option];
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : fail(`--${option} ${text} is no number`);
};

if (values['help']) {
  console.log(usage);
} else if (positionals[0] === 'measure') {
  const cache = fileURLToPath(new URL('../../.cache', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'capacity-'));
  const runs: Measurement[] = [];
  try {
    for (let run = 1; run <= (numberOf('runs') ?? 3); run += 1)
      runs.push(await measureOnce(directory, (text) => console.error(`run ${run}: ${text}`)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const best = cheapest(runs);
  if (values.keep)
    writeFileSync(
      new URL('unit-costs.json', import.meta.url),
      `${JSON.stringify(best.costs, undefined, 2)}\n`,
    );
  console.log(values.json ? JSON.stringify(best, undefined, 2) : comparisonText(best.comparisons));
} else if (positionals.length > 0) fail(`There is no ${positionals.join(' ')}.`);
else {
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = numberOf(optionOf(name));
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Parameters>;
  const costs = keptCosts();
  // Without a size: from a town to the internet.
  const sizes =
    given.participants === undefined && given.requestsPerDay === undefined
      ? [1e4, 1e6, 1e8, 1e9]
      : [undefined];
  const plans = sizes.map((size) => {
    const participants = size ?? given.participants ?? defaultParameters.participants;
    const chosen = { ...defaultParameters, requestsPerDay: participants / 5, ...given, participants };
    return { parameters: chosen, plan: plan(costs, chosen) };
  });
  console.log(values.json ? JSON.stringify({ costs, plans }, undefined, 2) : planText(costs, plans));
}
