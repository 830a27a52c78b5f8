import { afterEach, describe, expect, it } from '@jest/globals';
import { catalogue, prometheusName, type MetricName } from './catalogue.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

let telemetry: Telemetry;
afterEach(() => telemetry.close());

describe('telemetry', () => {
  it('shows what was measured to Prometheus, by the names of the catalogue', async () => {
    telemetry = createTelemetry({ service: 'test' });
    telemetry.record('session_requests.command.duration', 0.003, {
      command: 'RequestSession',
      outcome: 'recorded',
    });
    telemetry.add('session_requests.expiry.fired', 2, { outcome: 'cancelled' });
    telemetry.observe('session_requests.live.connections', () => [{ value: 7, attributes: {} }]);
    const lines = (await telemetry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE session_requests_command_duration_seconds histogram',
        'session_requests_command_duration_seconds_bucket{command="RequestSession",outcome="recorded",le="0.0025"} 0',
        'session_requests_command_duration_seconds_bucket{command="RequestSession",outcome="recorded",le="0.005"} 1',
        '# TYPE session_requests_expiry_fired_total counter',
        'session_requests_expiry_fired_total{outcome="cancelled"} 2',
        'session_requests_live_connections 7',
        '# TYPE nodejs_eventloop_delay_p99_seconds gauge',
        '# TYPE process_cpu_time_seconds_total counter',
        '# TYPE process_memory_usage_bytes gauge',
        '# TYPE nodejs_eventloop_utilization_ratio gauge',
      ]),
    );
  });

  it('names every metric as Prometheus does', async () => {
    telemetry = createTelemetry({ service: 'test' });
    const names = Object.keys(catalogue) as MetricName[];
    for (const name of names) {
      const { kind, attributes } = catalogue[name];
      if (name === 'process.cpu.time') continue; // is there by itself
      const some = Object.fromEntries(attributes.map((attribute) => [attribute, 'x'])) as never;
      if (kind === 'histogram') telemetry.record(name as never, 1, some);
      else if (kind === 'counter') telemetry.add(name as never, 1, some);
      else telemetry.observe(name as never, () => [{ value: 1, attributes: some }] as never);
    }
    const shown = [...(await telemetry.metrics()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(shown).toEqual(expect.arrayContaining(names.map(prometheusName)));
  });

  it('leaves out of a reading what cannot be asked', async () => {
    telemetry = createTelemetry({ service: 'test' });
    telemetry.observe('session_requests.expiry.pending', () => Promise.reject(new Error('no database')));
    telemetry.observe('session_requests.live.connections', () => [{ value: 1, attributes: {} }]);
    const shown = await telemetry.metrics();
    expect(shown).toContain('session_requests_live_connections 1');
    expect(shown).not.toMatch(/^session_requests_expiry_pending/m);
  });

  it('asks nobody again who has not answered yet; everyone who reads meanwhile gets the same', async () => {
    telemetry = createTelemetry({ service: 'test' });
    let asked = 0;
    const answer = Promise.withResolvers<undefined>();
    telemetry.observe('session_requests.expiry.pending', async () => {
      asked += 1;
      await answer.promise;
      return [{ value: asked, attributes: {} }];
    });
    const both = [telemetry.metrics(), telemetry.metrics()];
    await new Promise(setImmediate);
    answer.resolve(undefined);
    for (const shown of await Promise.all(both)) expect(shown).toContain('session_requests_expiry_pending 1');
    expect(await telemetry.metrics()).toContain('session_requests_expiry_pending 2');
  });

  it('answers within two seconds whatever hangs, and shows the rest', async () => {
    telemetry = createTelemetry({ service: 'test' });
    let asked = 0;
    telemetry.observe('session_requests.expiry.pending', () => {
      asked += 1;
      return new Promise(() => {});
    });
    telemetry.observe('session_requests.live.connections', () => [{ value: 1, attributes: {} }]);
    const shown = await Promise.all([telemetry.metrics(), telemetry.metrics()]);
    for (const each of shown) expect(each).toContain('session_requests_live_connections 1');
    expect(asked).toBe(1);
  });
});
