/** What is in k8s/, as far as the tests ask. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Setting } from '@hse/service-kit';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
export const services = ['gateway', 'requests', 'expiry', 'notifications'];

export type Labels = Readonly<Record<string, string>>;
export interface Reference {
  readonly name: string;
  readonly key?: string;
  readonly optional?: boolean;
}
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: Reference; readonly fieldRef?: { fieldPath: string } };
}
export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
export interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { readonly configMapRef: Reference }[];
  readonly securityContext: object;
  readonly resources: object;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [Container];
    readonly volumes?: readonly { readonly name: string; readonly configMap?: Reference }[];
  };
}
export interface Selector {
  readonly matchLabels?: Labels;
}
export interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
export interface Allowed {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number }[];
}
/** An object as far as tests ask. */
export interface K8sObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
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
    readonly maxReplicas?: number;
    readonly metrics?: readonly {
      readonly type: string;
      readonly external?: { readonly metric: { readonly name: string; readonly selector: Selector } };
    }[];
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  };
}

export const ofKind = (objects: readonly K8sObject[], kind: string) =>
  objects.filter((each) => each.kind === kind);
export const named = (objects: readonly K8sObject[], kind: string, name: string): K8sObject => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
export const podsOf = (objects: readonly K8sObject[]) =>
  objects.flatMap(({ metadata: { name }, spec }) => (spec?.template ? [{ name, pod: spec.template }] : []));
export const podOf = (objects: readonly K8sObject[], name: string): PodTemplate => {
  const found = podsOf(objects).find((each) => each.name === name);
  if (!found) throw new Error(`there are no pods ${name}`);
  return found.pod;
};
export const containerOf = (objects: readonly K8sObject[], name: string): Container =>
  podOf(objects, name).spec.containers[0];
export const matches = (labels: Labels, { matchLabels = {} }: Selector): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);

/** The settings of a service, and what reads them. */
export const settingsOf = async (service: string) => {
  const module = (await import(`../../apps/${service}/src/settings.ts`)) as Record<string, unknown>;
  const [, reader] = Object.entries(module).find(([name]) => /^read\w+Settings$/.test(name)) ?? [];
  return {
    table: module['settingsTable'] as Readonly<Record<string, Setting<unknown>>>,
    read: reader as (environment: Readonly<Record<string, string>>) => object,
  };
};
