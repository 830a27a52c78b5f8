/** What can be known about k8s/ without a cluster. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchedKubernetesChecks, kubernetesVersion } from '@hse/engines';
import { kafkaSettings, startHealthServer, type Setting } from '@hse/service-kit';
import { composeFile } from '@hse/service-kit/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const services = ['gateway', 'requests', 'expiry', 'notifications'];
const overlays = ['dev', 'production'].map((name) => `k8s/overlays/${name}`);

type Labels = Readonly<Record<string, string>>;
interface Reference {
  readonly name: string;
  readonly key?: string;
  readonly optional?: boolean;
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: Reference; readonly fieldRef?: { fieldPath: string } };
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { readonly configMapRef: Reference }[];
  readonly securityContext: object;
  readonly resources: object;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [Container];
    readonly volumes?: readonly { readonly name: string; readonly configMap?: Reference }[];
  };
}
interface Selector {
  readonly matchLabels?: Labels;
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Allowed {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number }[];
}
/** An object as far as tests ask. */
interface K8sObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: PodTemplate;
    readonly selector?: Selector & Labels;
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Allowed[];
    readonly egress?: readonly Allowed[];
    readonly ports?: readonly { readonly port: number; readonly targetPort?: string | number }[];
    readonly clusterIP?: string;
    readonly maxUnavailable?: number;
    readonly minReplicas?: number;
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  };
}

const ofKind = (objects: readonly K8sObject[], kind: string) => objects.filter((each) => each.kind === kind);
const named = (objects: readonly K8sObject[], kind: string, name: string): K8sObject => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const podsOf = (objects: readonly K8sObject[]) =>
  objects.flatMap(({ metadata: { name }, spec }) => (spec?.template ? [{ name, pod: spec.template }] : []));
const podOf = (objects: readonly K8sObject[], name: string): PodTemplate => {
  const found = podsOf(objects).find((each) => each.name === name);
  if (!found) throw new Error(`there are no pods ${name}`);
  return found.pod;
};
const containerOf = (objects: readonly K8sObject[], name: string): Container =>
  podOf(objects, name).spec.containers[0];
const matches = (labels: Labels, { matchLabels = {} }: Selector): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);

/** The settings of a service, and what reads them. */
const settingsOf = async (service: string) => {
  const module = (await import(`../apps/${service}/src/settings.ts`)) as Record<string, unknown>;
  const [, reader] = Object.entries(module).find(([name]) => /^read\w+Settings$/.test(name)) ?? [];
  return {
    table: module['settingsTable'] as Readonly<Record<string, Setting<unknown>>>,
    read: reader as (environment: Readonly<Record<string, string>>) => object,
  };
};

const base = (parse(read('k8s/base/kustomization.yaml')) as { resources: string[] }).resources.flatMap(
  (file) => parseAllDocuments(read(`k8s/base/${file}`)).map((document) => document.toJS() as K8sObject),
);

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
      gateway: [['http', 'PORT']],
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
    const pauseMs = (spec.containers[0].lifecycle?.preStop.sleep.seconds ?? 0) * 1_000;
    expect(drainMs).toBeGreaterThan(0);
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(pauseMs + drainMs);
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

const checks = fetchedKubernetesChecks();
const reason = 'what checks them has not been fetched, `npm run engines -- fetch kubernetes` does it';
const describeBuilt = checks
  ? describe
  : (title: string, body: () => void) => describe.skip(`${title} [skipped: ${reason}]`, body);

interface Built {
  readonly objects: readonly K8sObject[];
  /** By kind and name of what makes pods: what the restricted profile has against them. */
  readonly forbidden: Readonly<Record<string, readonly string[]>>;
}
const build = (...directories: readonly string[]): Readonly<Record<string, Built>> =>
  JSON.parse(
    execFileSync(String(checks?.program), directories, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 24 }),
  ) as Readonly<Record<string, Built>>;

/** Validates objects by the schemas of the API; nothing may be in them that these do not know. */
const schemaFaults = () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const schema = (file: string) =>
    JSON.parse(readFileSync(join(String(checks?.schemas), file), 'utf8')) as Record<string, unknown>;
  ajv.addSchema(schema('_definitions.json'), '/api/_definitions.json');
  return (object: K8sObject): string[] => {
    const version = object.apiVersion.replace(/^([^./]*)(?:\.[^/]*)?\//, '$1-');
    const file = `${object.kind.toLowerCase()}-${version}.json`;
    const validate =
      ajv.getSchema(`/api/${file}`) ?? ajv.addSchema(schema(file), `/api/${file}`).getSchema(`/api/${file}`);
    if (validate?.(object) === true) return [];
    return (validate?.errors ?? []).map(
      ({ instancePath, message }) => `${object.kind} ${object.metadata.name}${instancePath} ${message ?? ''}`,
    );
  };
};

describeBuilt(`overlays, held against the API of Kubernetes ${kubernetesVersion}`, () => {
  let built: Readonly<Record<string, Built>>;
  let faultsOf: ReturnType<typeof schemaFaults>;
  const objectsOf = (overlay: string) => built[overlay]?.objects ?? [];

  /** Of a container as it would find it; what only the cluster knows is a text that will do. */
  const environmentOf = (overlay: string, name: string): Record<string, string> => {
    const objects = objectsOf(overlay);
    const { env = [], envFrom = [] } = containerOf(objects, name);
    const environment: Record<string, string> = {};
    for (const { configMapRef } of envFrom)
      Object.assign(environment, named(objects, 'ConfigMap', configMapRef.name).data);
    const unknown: Record<string, string> = {
      EVENTSTOREDB_URL: 'esdb+discover://user:password@eventstoredb.example.org:2113',
      MONGODB_URL: 'mongodb+srv://user:password@mongodb.example.org/session-requests',
    };
    for (const { name: variable, value, valueFrom } of env) {
      const { name: secret = '', key = '', optional } = valueFrom?.secretKeyRef ?? {};
      const kept = ofKind(objects, 'Secret').find(({ metadata }) => metadata.name === secret)?.data?.[key];
      if (value !== undefined) environment[variable] = value;
      else if (kept !== undefined) environment[variable] = Buffer.from(kept, 'base64').toString();
      else if (valueFrom?.fieldRef) environment[variable] = 'name-5d8f-x2';
      else if (!optional) environment[variable] = String(unknown[variable]);
    }
    return environment;
  };

  beforeAll(() => {
    built = build(...overlays);
    faultsOf = schemaFaults();
  });

  it.each(overlays)('%s is what the API takes', (overlay) => {
    expect(objectsOf(overlay).length).toBeGreaterThan(30);
    expect(objectsOf(overlay).flatMap(faultsOf)).toEqual([]);
  });

  it('the API takes nothing else', () => {
    const service = named(objectsOf('k8s/overlays/dev'), 'Service', 'gateway');
    expect(
      faultsOf({ ...service, spec: { ...service.spec, port: 3000 } as K8sObject['spec'] & object }),
    ).toEqual(['Service gateway/spec must NOT have additional properties']);
  });

  it.each(overlays)('%s has only pods that the restricted profile allows', (overlay) => {
    const { forbidden = {} } = built[overlay] ?? {};
    expect(Object.keys(forbidden)).toHaveLength(podsOf(objectsOf(overlay)).length);
    expect(Object.values(forbidden).flat()).toEqual([]);
    expect(named(objectsOf(overlay), 'Namespace', 'session-requests').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('the restricted profile allows nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
    try {
      writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [pod.yaml]\n');
      writeFileSync(
        join(folder, 'pod.yaml'),
        'apiVersion: v1\nkind: Pod\nmetadata: { name: root }\nspec: { containers: [{ name: root, image: node }] }\n',
      );
      expect(Object.keys(build(folder)[folder]?.forbidden ?? {})).toEqual(['Pod/root']);
      expect(build(folder)[folder]?.forbidden['Pod/root']).toEqual([
        expect.stringContaining('allowPrivilegeEscalation'),
        expect.stringContaining('unrestricted capabilities'),
        expect.stringContaining('runAsNonRoot'),
        expect.stringContaining('seccompProfile'),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(overlays.flatMap((overlay) => services.map((name) => [overlay, name] as const)))(
    '%s gives %s settings that it has and can use, and all that it needs',
    async (overlay, name) => {
      const { table, read: readAll } = await settingsOf(name);
      const { ACCOUNTS: accounts, ...environment } = environmentOf(overlay, name);
      const mounted = containerOf(objectsOf(overlay), name).volumeMounts?.map(({ mountPath }) => mountPath);
      expect(Object.keys(environment).filter((variable) => !(variable in table))).toEqual([]);
      expect(() => readAll(environment)).not.toThrow();
      if (accounts !== undefined) expect(mounted).toContain(accounts.replace(/\/[^/]+$/, ''));
      // Defaults are for one machine.
      for (const [variable, { default: byDefault }] of Object.entries(table))
        if (byDefault?.includes('localhost') && !(name === 'requests' && variable === 'MONGODB_URL'))
          expect(`${variable}=${environment[variable] ?? byDefault}`).not.toContain('localhost');
    },
  );

  it.each(overlays)('%s creates the topics as the services expect them', (overlay) => {
    const environment = environmentOf(overlay, 'topics');
    expect(Object.keys(environment).filter((variable) => !(variable in kafkaSettings))).toEqual([]);
    for (const name of services.filter((each) => each !== 'gateway')) {
      const own = environmentOf(overlay, name);
      const asked = Object.keys(kafkaSettings).map((variable) => [variable, own[variable]]);
      expect(Object.fromEntries(asked)).toMatchObject({ ...environment, TOPICS: 'check' });
    }
    expect(environment['TOPICS']).toBe('create');
  });

  it.each(overlays)('%s refers to what is there', (overlay) => {
    const objects = objectsOf(overlay);
    const missing: string[] = [];
    const has = (kind: string, name: string) =>
      ofKind(objects, kind).some(({ metadata }) => metadata.name === name) || missing.push(`${kind} ${name}`);
    for (const { pod } of podsOf(objects)) {
      if (pod.spec.serviceAccountName) has('ServiceAccount', pod.spec.serviceAccountName);
      for (const { configMap } of pod.spec.volumes ?? []) if (configMap) has('ConfigMap', configMap.name);
      for (const { envFrom = [], env = [] } of pod.spec.containers) {
        for (const { configMapRef } of envFrom) has('ConfigMap', configMapRef.name);
        for (const { valueFrom } of env)
          if (valueFrom?.secretKeyRef && !valueFrom.secretKeyRef.optional)
            has('Secret', valueFrom.secretKeyRef.name);
      }
    }
    for (const { spec: { scaleTargetRef } = {} } of objects)
      if (scaleTargetRef) has(scaleTargetRef.kind, scaleTargetRef.name);
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const pods = podsOf(objects).filter(({ pod }) =>
        matches(pod.metadata.labels, { matchLabels: spec?.selector ?? {} }),
      );
      expect([metadata.name, pods.length]).toEqual([metadata.name, 1]);
      const ports = pods[0]?.pod.spec.containers[0].ports ?? [];
      for (const { port, targetPort = port } of spec?.ports ?? [])
        expect(ports.flatMap((each) => [each.name, each.containerPort])).toContain(targetPort);
    }
    // Secrets of a real system are not kept here; docs/kubernetes.md says which there have to be.
    const secrets = services.map((name) => `Secret ${name}-secrets`);
    expect([...new Set(missing)].sort()).toEqual(overlay.endsWith('dev') ? [] : secrets.sort());
    for (const each of missing)
      expect(read('docs/kubernetes.md')).toContain(`\`${each.replace('Secret ', '')}\``);
  });

  /** Who may connect to what: where both sides' policies allow it, if both are here. */
  const flowsOf = (objects: readonly K8sObject[]): string[] => {
    const pods = podsOf(objects);
    const policies = ofKind(objects, 'NetworkPolicy').flatMap(({ spec }) => (spec ? [spec] : []));
    const sideOf = (direction: 'ingress' | 'egress') =>
      pods.flatMap(({ name, pod }) =>
        policies
          .filter(({ podSelector = {} }) => matches(pod.metadata.labels, podSelector))
          .flatMap(({ [direction]: rules = [] }) => rules)
          .flatMap(({ to, from, ports }) =>
            (to ?? from ?? []).flatMap((peer) => {
              const there =
                peer.ipBlock?.cidr ?? peer.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
              const others = there
                ? [there]
                : pods
                    .filter((each) => matches(each.pod.metadata.labels, peer.podSelector ?? {}))
                    .map((each) => each.name);
              return others.flatMap((other) =>
                ports.map(({ port }) =>
                  direction === 'egress' ? `${name} → ${other}:${port}` : `${other} → ${name}:${port}`,
                ),
              );
            }),
          ),
      );
    const [out, into] = [sideOf('egress'), sideOf('ingress')];
    const isHere = (name: string) => pods.some((each) => each.name === name);
    return [
      ...out.filter((flow) => into.includes(flow) || !isHere(/→ (.*):/.exec(flow)?.[1] ?? '')),
      ...into.filter((flow) => !isHere(flow.split(' →')[0] ?? '')),
    ]
      .filter((flow) => !flow.endsWith('kube-system:53'))
      .sort();
  };

  const users = {
    eventstoredb: services,
    kafka: ['requests', 'expiry', 'notifications', 'topics'],
    mongodb: ['gateway', 'expiry', 'notifications'],
    issuer: ['gateway'],
    requests: ['gateway', 'expiry'],
  };
  it.each([
    [
      'k8s/overlays/dev',
      {
        eventstoredb: 'eventstoredb:2113',
        kafka: 'kafka:19092',
        mongodb: 'mongodb:27017',
        issuer: 'keycloak:8080',
      },
      [],
    ],
    [
      'k8s/overlays/production',
      {
        eventstoredb: '192.0.2.0/26:2113',
        kafka: '192.0.2.64/26:9093',
        mongodb: '192.0.2.128/26:27017',
        issuer: '198.51.100.0/24:443',
      },
      ['ingress-nginx → gateway:3000'],
    ],
  ])('%s lets through the connections that there are, and no other', (overlay, addresses, more) => {
    const objects = objectsOf(overlay);
    const expected = Object.entries({ ...addresses, requests: 'requests:50051' }).flatMap(([what, address]) =>
      users[what as keyof typeof users].map((name) => `${name} → ${address}`),
    );
    expect(flowsOf(objects)).toEqual([...expected, ...more].sort());
    expect(named(objects, 'NetworkPolicy', 'deny-all').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('k8s/overlays/dev runs the engines that docker-compose.yml runs', () => {
    const compose = composeFile().services;
    const engines = ['eventstoredb', 'kafka', 'mongodb', 'keycloak'];
    for (const name of engines)
      expect([name, containerOf(objectsOf('k8s/overlays/dev'), name).image]).toEqual([
        name,
        compose[name]?.['image'],
      ]);
    expect(existsSync(join(root, 'k8s/overlays/dev/engines'))).toBe(true);
    expect(readdirSync(join(root, 'k8s/overlays/dev/engines')).sort()).toEqual(
      engines.map((name) => `${name}.yaml`).sort(),
    );
  });
});
