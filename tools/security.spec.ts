// cspell:ignore Unlicense
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validation, type Spec } from '@cyclonedx/cyclonedx-library';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly (
    { readonly license: { readonly id?: string } } | { readonly expression: string }
  )[];
}

describe('docs/security.md', () => {
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

  it('goes through all ten points of OWASP, each with tests that exist', () => {
    const points = text.split('\n').filter((line) => /^\| API\d/.test(line));
    expect(points.map((line) => /API(\d+)/.exec(line)?.[1])).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
    ]);
    for (const line of points) {
      const tests = line.match(/`[\w./-]+\.spec\.ts`/g)?.map((name) => name.slice(1, -1)) ?? [];
      expect([line.slice(0, 20), tests.length]).not.toEqual([line.slice(0, 20), 0]);
      expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    }
  });

  it('is found from SECURITY.md', () => {
    expect(readFileSync(join(root, 'SECURITY.md'), 'utf8')).toContain('docs/security.md');
  });
});

describe('what runs', () => {
  let components: readonly Component[];
  let sbom: string;

  beforeAll(() => {
    sbom = execFileSync(process.execPath, [join(root, 'tools/sbom.mjs')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const document = JSON.parse(sbom) as { bomFormat: string; specVersion: string; components: Component[] };
    expect([document.bomFormat, document.specVersion]).toEqual([
      'CycloneDX',
      expect.stringMatching(/^1\.\d$/),
    ]);
    ({ components } = document);
  }, 120_000);

  it('is listed in a document that CycloneDX’s own schema takes, and that a slip would spoil', async () => {
    const document = JSON.parse(sbom) as { specVersion: Spec.Version; components: { type: string }[] };
    const validator = new Validation.JsonStrictValidator(document.specVersion);
    expect(await validator.validate(sbom)).toBeNull();
    for (const component of document.components) component.type = 'package';
    expect(await validator.validate(JSON.stringify(document))).not.toBeNull();
  });

  it('is in the bill of materials, with every package that the services name', () => {
    // Of scoped packages, the scope is in the address only.
    const names = new Set(
      components.map(({ purl }) => decodeURIComponent(purl.slice('pkg:npm/'.length, purl.lastIndexOf('@')))),
    );
    for (const app of ['gateway', 'requests', 'expiry', 'notifications', 'standalone']) {
      const { dependencies } = JSON.parse(readFileSync(join(root, 'apps', app, 'package.json'), 'utf8')) as {
        dependencies: Record<string, string>;
      };
      expect([app, Object.keys(dependencies).filter((name) => !names.has(name))]).toEqual([app, []]);
    }
    for (const { name, purl } of components)
      expect([name, purl]).toEqual([name, expect.stringMatching(/^pkg:npm\//)]);
    expect(names).not.toContain('jest');
    expect(names).not.toContain('typescript-eslint');
  });

  it('is under licences that let it be given away with everything else', () => {
    const fine =
      /^(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD|MPL-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)$/;
    const others = components
      // Of the build of the app; its package.json names no licence, its repository Apache-2.0.
      .filter(({ name }) => name !== '@react-aria/optimize-locales-plugin')
      .filter(({ licenses = [] }) => {
        const ids = licenses.flatMap((each) =>
          'expression' in each
            ? each.expression.replace(/[()]/g, '').split(/ (?:AND|OR) /)
            : [each.license.id ?? 'unknown'],
        );
        return ids.length === 0 || !ids.every((id) => fine.test(id));
      });
    expect(others.map(({ name, licenses }) => [name, licenses])).toEqual([]);
  });
});
