/** Rules and dashboards, held against a real Prometheus. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DAY, startEmbeddedSystem, type System } from '@hse/e2e/system';
import { describeUnless, fetchedPrometheus, startPrometheus, type PrometheusEngine } from '@hse/engines';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asked } from './observability/promql.ts';
import { dashboards, queriesOf, rules } from './observability/read.ts';

const folder = fileURLToPath(new URL('../observability/prometheus/', import.meta.url));
const programs = fetchedPrometheus();
const absent = programs
  ? undefined
  : 'Prometheus has not been fetched, `npm run engines -- fetch prometheus` does it';

const promtool = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(String(programs?.promtool), args, {
    cwd: join(folder, 'tests'),
  });
  return stdout;
};

describeUnless(absent, 'rules for Prometheus', () => {
  it('are such, and so are the configurations', async () => {
    for (const name of ['prometheus.yml', 'embedded.yml'])
      expect(await promtool('check', 'config', join(folder, name))).toContain('SUCCESS');
  });

  it.each(readdirSync(join(folder, 'tests')))('fire when they should: tests/%s', async (name) => {
    await promtool('test', 'rules', name);
  });

  it('would not pass those tests if they fired at something else', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const text = readFileSync(join(folder, 'rules/alerts.yml'), 'utf8');
      writeFileSync(
        join(copy, 'alerts.yml'),
        text.replace('overdue_seconds) > 60', 'overdue_seconds) > 6000'),
      );
      const tests = readFileSync(join(folder, 'tests/people.yml'), 'utf8').replace('../rules/', '');
      writeFileSync(join(copy, 'people.yml'), tests);
      await expect(promtool('test', 'rules', join(copy, 'people.yml'))).rejects.toMatchObject({
        stderr: expect.stringContaining('alertname: DeadlinesOverdue'),
      });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

/** Series, or labels, that only the distributed profile has, or that are there only once something has gone wrong. */
const mayBeAbsent = [
  'error_type',
  'session_requests_follower_parked_streams',
  'session_requests_http_refused_total',
];

describeUnless(absent, 'a Prometheus that reads a system at work', () => {
  let system: System;
  let prometheus: PrometheusEngine;
  let configuration: string;

  const get = async (path: string, parameters: Record<string, string>) => {
    const response = await fetch(`${prometheus.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    return (await response.json()) as { status: string; error?: string; data: unknown };
  };
  const seriesOf = async (query: string): Promise<readonly { metric: Record<string, string> }[]> => {
    const { status, error, data } = await get('query', { query });
    expect([query, status, error]).toEqual([query, 'success', undefined]);
    return (data as { result: { metric: Record<string, string> }[] }).result;
  };

  beforeAll(async () => {
    system = await startEmbeddedSystem();
    const [anna, kenji] = [await system.as('anna'), await system.as('kenji')];
    const annaId = system.participant('anna').id;
    const accepted = await kenji.request(annaId, await system.slotIn(9 * DAY));
    await anna.act('accept', accepted);
    await kenji.request(annaId, await system.slotIn(10 * DAY));
    await system.advanceBy(8 * DAY);

    configuration = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const file = join(configuration, 'prometheus.yml');
    const embedded = readFileSync(join(folder, 'embedded.yml'), 'utf8');
    writeFileSync(file, embedded.replace('localhost:3000', new URL(system.url).host).replaceAll('15s', '1s'));
    mkdirSync(join(configuration, 'rules'));
    // What is written every two minutes is wanted sooner here.
    for (const name of readdirSync(join(folder, 'rules')))
      writeFileSync(
        join(configuration, 'rules', name),
        readFileSync(join(folder, 'rules', name), 'utf8').replace('interval: 2m', 'interval: 1s'),
      );
    prometheus = await startPrometheus(file);
    // Rates need two looks, and rules one more.
    while ((await seriesOf('slo:bad:ratio_rate30d{slo="expiry-lateness"}')).length === 0) await pause(250);
  }, 60_000);
  afterAll(async () => {
    await prometheus?.remove();
    await system?.stop();
    if (configuration) rmSync(configuration, { recursive: true, force: true });
  });

  it('takes all rules, and no alert is about to fire for a system that is well', async () => {
    const { data } = await get('rules', {});
    const found = (
      data as { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
    ).groups.flatMap((group) => group.rules);
    expect(found).toHaveLength(rules.length);
    expect(found.filter(({ health }) => health === 'err')).toEqual([]);
    const alerts = await seriesOf('ALERTS');
    expect(alerts.map(({ metric }) => metric['alertname'])).toEqual(['Watchdog']);
  });

  it.each(Object.entries(dashboards))('answers whatever the dashboard %s asks', async (_name, dashboard) => {
    const end = Date.now() / 1_000;
    for (const { expr, isInstant } of queriesOf(dashboard)) {
      await seriesOf(expr);
      if (isInstant) continue;
      const range = await get('query_range', {
        query: expr,
        start: String(end - 60),
        end: String(end),
        step: '5',
      });
      expect([expr, range.status]).toEqual([expr, 'success']);
    }
  });

  it('has the series that rules and dashboards ask for, with their labels', async () => {
    const queries = [
      ...rules.map(({ expr }) => expr),
      ...Object.values(dashboards).flatMap((each) => queriesOf(each).map(({ expr }) => expr)),
    ];
    const missing = new Set<string>();
    const labelsOf = new Map<string, Set<string>>();
    for (const { selectors } of queries.map(asked))
      for (const { metric, labels } of selectors) {
        let has = labelsOf.get(metric);
        if (!has) {
          const found = await seriesOf(`last_over_time(${metric}[10m])`);
          has = new Set(found.flatMap((each) => Object.keys(each.metric)));
          labelsOf.set(metric, has);
        }
        if (has.size === 0) missing.add(metric);
        else for (const label of labels) if (!has.has(label)) missing.add(label);
      }
    expect([...missing].filter((each) => !mayBeAbsent.includes(each))).toEqual([]);
  });
});
