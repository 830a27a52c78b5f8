/** What can be known about k8s/ without a cluster, and without building it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, prometheusName } from '@hse/telemetry';
import { startHealthServer } from '@hse/service-kit';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import {
  containerOf,
  named,
  ofKind,
  podOf,
  podsOf,
  read,
  root,
  services,
  settingsOf,
  type K8sObject,
} from './kubernetes/manifests.ts';

/** The objects of a kustomization of this repository, without what kustomize makes of them. */
const objectsIn = (folder: string): K8sObject[] => {
  const { resources } = parse(read(`${folder}/kustomization.yaml`)) as { resources: string[] };
  return resources.flatMap((file) =>
    parseAllDocuments(read(`${folder}/${file}`)).map((document) => document.toJS() as K8sObject),
  );
};

const base = objectsIn('k8s/base');

describe('k8s/base', () => {
  it('has each service once, with a budget for disruptions and an account without a token', () => {
    expect(ofKind(base, 'Deployment').map(({ metadata: { name } }) => name)).toEqual(services);
    for (const name of services) {
      expect(named(base, 'PodDisruptionBudget', name).spec).toEqual({
        maxUnavailable: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      });
      expect(podOf(base, name).metadata.labels['app.kubernetes.io/name']).toBe(name);
    }
    for (const { name, pod } of podsOf(base)) {
      expect(pod.spec).toMatchObject({ serviceAccountName: name, automountServiceAccountToken: false });
      expect(named(base, 'ServiceAccount', name).automountServiceAccountToken).toBe(false);
    }
  });

  it('runs everything as the user of the images, on a file system that cannot be written', () => {
    const [, user] = /^USER (\d+):\d+$/m.exec(read('Dockerfile')) ?? [];
    for (const { name, pod } of podsOf(base)) {
      expect(pod.spec).toMatchObject({ securityContext: { runAsUser: Number(user), runAsNonRoot: true } });
      expect(pod.spec.containers).toHaveLength(1);
      expect([name, containerOf(base, name).securityContext]).toEqual([
        name,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ]);
      expect(containerOf(base, name).resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
  });

  it.each(services)('reaches %s where it listens', async (name) => {
    const { table } = await settingsOf(name);
    const ports = containerOf(base, name).ports?.map(({ name: port, containerPort }) => [
      port,
      String(containerPort),
    ]);
    const settings = {
      gateway: [
        ['http', 'PORT'],
        ['metrics', 'METRICS_PORT'],
      ],
      requests: [
        ['grpc', 'GRPC_PORT'],
        ['health', 'HEALTH_PORT'],
      ],
    }[name] ?? [['health', 'HEALTH_PORT']];
    expect(ports).toEqual(settings.map(([port, setting]) => [port, table[String(setting)]?.default]));
  });

  it.each(services)('asks %s how it is by what it offers', async (name) => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = containerOf(base, name);
    const probes = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet);
    for (const { port } of probes) expect(ports?.map((each) => each.name)).toContain(port);
    // While it waits for what it needs it is alive and not ready: that must never restart it.
    const waiting = await startHealthServer({
      port: 0,
      host: '127.0.0.1',
      checks: () => Promise.resolve([{ name: 'process', ok: false, detail: 'waiting' }]),
      telemetry: { metrics: () => Promise.resolve('') },
    });
    try {
      const answers = await Promise.all(
        probes.map(({ path }) => fetch(`http://127.0.0.1:${waiting.port}${path}`)),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
    } finally {
      await waiting.close();
    }
    // When it is up, the gateway serves them itself.
    if (name === 'gateway')
      for (const { path } of probes)
        expect(read('apps/gateway/src/health.controller.ts')).toContain(`@Get('${path.slice(1)}')`);
  });

  it.each(services)('gives %s more time to stop than it takes', (name) => {
    const { literals } = (
      parse(read('k8s/base/kustomization.yaml')) as {
        configMapGenerator: { name: string; literals: string[] }[];
      }
    ).configMapGenerator.find((each) => each.name === 'process') ?? { literals: [] };
    const drainMs = Number(literals.find((each) => each.startsWith('DRAIN_MS='))?.slice('DRAIN_MS='.length));
    const { spec } = podOf(base, name);
    const linger = spec.containers[0].env?.find((variable) => variable.name === 'LINGER_MS');
    const lingerMs = Number(linger?.value ?? 0);
    expect(drainMs).toBeGreaterThan(0);
    // What people are connected to goes on for a while; `requests` tells its clients instead.
    expect([name, lingerMs > 0]).toEqual([name, name === 'gateway']);
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(lingerMs + drainMs);
  });

  it.each(services)('tells Prometheus where %s is measured', async (name) => {
    const { table } = await settingsOf(name);
    const port = table[name === 'gateway' ? 'METRICS_PORT' : 'HEALTH_PORT']?.default;
    expect(podOf(base, name).metadata.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': port,
      'prometheus.io/path': '/metrics',
    });
  });

  it('lets clients find a new instance of requests before an old one stops', () => {
    const { minReadySeconds = 0 } = named(base, 'Deployment', 'requests').spec ?? {};
    const [, everyMs] =
      /resolveEveryMs = ([\d_]+)/.exec(read('libs/command-bus/src/grpc/grpc-command-bus.ts')) ?? [];
    const dnsMs = 5_000; // the answers of CoreDNS about Services, by default
    expect(minReadySeconds * 1_000).toBeGreaterThan(Number(everyMs?.replace('_', '')) + dnsMs);
  });

  it('sends commands to each instance of requests, by a name that stands for all of them', () => {
    const { clusterIP, selector, ports } = named(base, 'Service', 'requests').spec ?? {};
    expect({ clusterIP, selector }).toEqual({
      clusterIP: 'None',
      selector: { 'app.kubernetes.io/name': 'requests' },
    });
    for (const name of ['gateway', 'expiry'])
      expect(containerOf(base, name).env).toContainEqual({
        name: 'REQUESTS_ADDRESS',
        value: `requests:${ports?.[0]?.port}`,
      });
  });

  it('scales by load what takes requests, and leaves their number to the autoscaler', () => {
    const scaled = ofKind(base, 'HorizontalPodAutoscaler').map(({ spec }) => spec?.scaleTargetRef?.name);
    expect(scaled).toEqual(['gateway', 'requests']);
    for (const name of services)
      expect([name, named(base, 'Deployment', name).spec?.replicas]).toEqual([
        name,
        scaled.includes(name) ? undefined : 2,
      ]);
  });

  it('creates the topics by a command that there is', () => {
    const { image, args } = containerOf(base, 'topics');
    expect(image).toBe('session-requests/requests');
    const source = String(args?.[0]).replace(/^dist\/(.*)\.js$/, 'apps/requests/src/$1.ts');
    expect([source, existsSync(join(root, source))]).toEqual([source, true]);
  });
});

describe('k8s/components/scale-on-lag', () => {
  const folder = 'k8s/components/scale-on-lag';
  const autoscalers = ofKind(objectsIn(folder), 'HorizontalPodAutoscaler');
  const metric = prometheusName('session_requests.follower.lag');

  it('adds instances of a consumer by its own lag, up to the number of partitions, and by its CPU', () => {
    const [, partitions] = /TOPIC_PARTITIONS=(\d+)/.exec(read('k8s/base/kustomization.yaml')) ?? [];
    expect(autoscalers.map(({ metadata: { name } }) => name)).toEqual(['expiry', 'notifications']);
    for (const { metadata, spec } of autoscalers) {
      expect(spec).toMatchObject({
        scaleTargetRef: { kind: 'Deployment', name: metadata.name },
        maxReplicas: Number(partitions),
        metrics: [
          { type: 'Resource' },
          {
            type: 'External',
            external: { metric: { name: metric, selector: { matchLabels: { follower: metadata.name } } } },
          },
        ],
      });
    }
  });

  it('asks for what the services measure, by the name that the adapter gives it', () => {
    const { rules } = parse(read(`${folder}/prometheus-adapter.yaml`)) as {
      rules: { external: { seriesQuery: string; name: { as: string }; metricsQuery: string }[] };
    };
    expect(catalogue['session_requests.follower.lag'].attributes).toEqual(['follower']);
    expect(rules.external.map(({ name }) => name.as)).toEqual([metric]);
    expect(rules.external[0]?.seriesQuery).toMatch(new RegExp(`^${metric}\\{`));
    expect(rules.external[0]?.metricsQuery).toMatch(/by \(follower\)$/);
  });
});
