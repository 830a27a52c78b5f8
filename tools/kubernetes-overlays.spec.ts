/** The overlays as kustomize builds them: held against the API, the restricted profile and the code. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeUnless, fetchedKubernetesChecks, kubernetesVersion } from '@hse/engines';
import { kafkaSettings } from '@hse/service-kit';
import { composeFile } from '@hse/service-kit/testing';
import { beforeAll, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  containerOf,
  matches,
  named,
  ofKind,
  podsOf,
  read,
  root,
  services,
  settingsOf,
  type K8sObject,
} from './kubernetes/manifests.ts';

const overlays = ['dev', 'production'].map((name) => `k8s/overlays/${name}`);

const checks = fetchedKubernetesChecks();
const absent = checks
  ? undefined
  : 'what checks them has not been fetched, `npm run engines -- fetch kubernetes` does it';

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

describeUnless(absent, `overlays, held against the API of Kubernetes ${kubernetesVersion}`, () => {
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
      // Images run with NODE_ENV=production, which has no demo accounts unless they are asked for.
      if (name === 'gateway')
        expect([overlay, accounts === 'demo']).toEqual([overlay, overlay.endsWith('/dev')]);
      if (accounts !== undefined && accounts !== 'demo')
        expect(mounted).toContain(accounts.replace(/\/[^/]+$/, ''));
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
      [
        'ingress-nginx → gateway:3000',
        'monitoring → gateway:9464',
        ...['requests', 'expiry', 'notifications'].map((name) => `monitoring → ${name}:8080`),
      ],
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

  it('k8s/overlays/production leaves the number of instances to the autoscalers, where it has them', () => {
    const objects = objectsOf('k8s/overlays/production');
    const scaled = ofKind(objects, 'HorizontalPodAutoscaler');
    expect(scaled.map(({ spec }) => spec?.scaleTargetRef?.name).sort()).toEqual([...services].sort());
    for (const name of services) expect(named(objects, 'Deployment', name).spec?.replicas).toBeUndefined();
    for (const { spec } of scaled) expect(spec?.minReplicas).toBe(3);
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
