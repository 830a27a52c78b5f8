/** For tests that hold settings against what is said of them elsewhere in this repository. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Setting } from './settings.ts';

const fromRoot = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Settings as docs/distributed.md lists them: by name, the meaning, the form and the default, as they are written there. */
export type SettingRows = Readonly<
  Record<string, readonly [meaning: string, form: string, byDefault: string]>
>;

/** The rows that have to be there. */
export const settingRows = (table: Readonly<Record<string, Setting<unknown>>>): SettingRows =>
  Object.fromEntries(
    Object.entries(table).map(([name, { meaning, form, default: value }]) => [
      `\`${name}\``,
      [meaning, form, value === undefined ? '' : `\`${value}\``],
    ]),
  );

/** The rows that docs/distributed.md has of a service. @throws Error where it has one twice. */
export const documentedSettings = (service: string): SettingRows => {
  const [, shown = ''] =
    /<!-- settings: [^\n]*\n(.*)<!-- \/settings -->/s.exec(fromRoot('docs/distributed.md')) ?? [];
  const rows: Record<string, readonly [string, string, string]> = {};
  for (const line of shown.trim().split('\n').slice(2)) {
    const [, name = '', of = '', meaning = '', form = '', byDefault = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    if (of !== 'all' && !of.split(', ').includes(service)) continue;
    if (name in rows) throw new Error(`docs/distributed.md has ${name} of ${service} twice`);
    rows[name] = [meaning, form, byDefault];
  }
  return rows;
};

/** A container as docker-compose.yml describes it, as far as tests ask. */
export interface ComposeService {
  readonly environment?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** docker-compose.yml as Docker Compose reads it: anchors merged, variables replaced by `environment` or their defaults. */
export const composeFile = (
  environment: Readonly<Record<string, string>> = {},
): { readonly services: Readonly<Record<string, ComposeService>>; readonly [key: string]: unknown } => {
  const replace = (text: string): string =>
    text.replace(/\$\$|\$\{(\w+):-([^}]*)\}/g, (match, name?: string, byDefault?: string) =>
      match === '$$' ? '$' : environment[String(name)] || String(byDefault),
    );
  return parse(
    fromRoot('docker-compose.yml'),
    (_key, value: unknown) => (typeof value === 'string' ? replace(value) : value),
    {
      merge: true,
    },
  ) as ReturnType<typeof composeFile>;
};

/** What docker-compose.yml sets for a service. */
export const composeEnvironment = (service: string): Readonly<Record<string, string>> =>
  composeFile().services[service]?.environment ?? {};
