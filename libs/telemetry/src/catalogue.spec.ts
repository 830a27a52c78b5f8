import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { catalogue, prometheusName, type Metric, type MetricName } from './catalogue.ts';

const all = Object.entries(catalogue) as [MetricName, Metric][];

describe('the catalogue of metrics', () => {
  it('stands in docs/metrics.md, every one with what it says, and no other', () => {
    const document = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const [, table = ''] = /<!-- metrics: [^\n]*\n(.*)<!-- \/metrics -->/s.exec(document) ?? [];
    const rows = table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.slice(1, -1).split('|'));
    expect(rows.map((cells) => cells.map((cell) => cell.trim()))).toEqual(
      all.map(([name, { kind, attributes, description }]) => [
        `\`${name}\``,
        `\`${prometheusName(name)}\``,
        kind,
        attributes.map((attribute) => `\`${attribute}\``).join(', '),
        description,
      ]),
    );
  });

  it('has names and units as OpenTelemetry forms them, each once in Prometheus', () => {
    for (const [name, { unit, kind, buckets }] of all) {
      expect(name).toMatch(/^[a-z][a-z0-9]*([._][a-z0-9]+)*$/);
      expect(unit).toMatch(/^(s|By|1|\{[a-z]+\})$/);
      expect(kind === 'histogram').toBe(buckets !== undefined);
      expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
      expect(prometheusName(name)).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    expect(new Set(all.map(([name]) => prometheusName(name))).size).toBe(all.length);
  });
});
