/** What can be known about the Dockerfile and docker-compose.yml without Docker. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dockerignoreModule from '@balena/dockerignore';
import { siteDirectory } from '@hse/gateway';
import { composeFile, type ComposeService } from '@hse/service-kit/testing';
import { Ajv } from 'ajv';
import { DockerfileParser, type Copy, type JSONInstruction } from 'dockerfile-ast';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const services = ['gateway', 'requests', 'expiry', 'notifications'];
const engines = ['eventstoredb', 'kafka', 'mongodb'];
/** They make users, and end. */
const users = ['kafka-users', 'mongodb-users'];

interface Manifest {
  name: string;
  exports?: Record<string, { '@hse/source': string }>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  imageFolders?: string[];
}
interface Container extends ComposeService {
  readonly user?: string;
  readonly tmpfs?: string[];
  readonly ports?: string[];
  readonly stop_grace_period?: string;
  readonly healthcheck: { readonly test: string[] };
}

const manifestOf = (path: string): Manifest => JSON.parse(read(join(path, 'package.json'))) as Manifest;

describe('docker-compose.yml', () => {
  const compose = composeFile();
  const all = Object.entries(compose.services);
  const of = (name: string) => compose.services[name] as Container;

  /** As Docker Compose does it: `--profile` takes the place of COMPOSE_PROFILES; who has no profile always starts. */
  const started = (...onCommandLine: string[]): string[] => {
    const [, byDefault = ''] = /^COMPOSE_PROFILES=(.*)$/m.exec(read('.env')) ?? [];
    const active = onCommandLine.length > 0 ? onCommandLine : byDefault.split(',');
    return all
      .filter(([, { profiles = [] }]) => {
        const own = profiles as string[];
        return own.length === 0 || own.some((profile) => active.includes(profile));
      })
      .map(([name]) => name)
      .sort();
  };

  it('is what the Compose Specification allows', () => {
    // The linter's own rules are matters of taste; the schema that it comes with is the specification's.
    const { $schema: _, ...schema } = JSON.parse(
      read('node_modules/dclint/schemas/compose.schema.json'),
    ) as object & {
      $schema?: string;
    };
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { kafka: { healthcheck: { test: ['CMD', { a: 1 }] } } } })).toBe(false);
  });

  it('starts everything when no profile is named, and with `infra` the engines alone', () => {
    expect(started()).toEqual([...engines, ...users, ...services, 'keycloak', 'topics'].sort());
    expect(started('infra')).toEqual([...engines, ...users].sort());
    expect(started('infra', 'issuer')).toEqual([...engines, ...users, 'keycloak'].sort());
  });

  it('starts with a container whatever that depends on', () => {
    for (const [name, { depends_on: needed = {} }] of all)
      for (const other of Object.keys(needed as object))
        expect([name, started()]).toEqual([name, expect.arrayContaining([other])]);
    for (const engine of engines) expect(of(engine)).not.toHaveProperty('depends_on');
  });

  it.each(services)('lets %s do nothing but its work', (name) => {
    expect(of(name)).toMatchObject({
      user: '65532:65532',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      build: { context: '.', args: { SERVICE: name } },
      deploy: { resources: { limits: { memory: expect.any(String) } } },
      logging: { options: { 'max-size': expect.any(String) } },
    });
    expect(of(name).tmpfs).toEqual([expect.stringMatching(/^\/tmp:/)]);
    expect(of(name)).not.toHaveProperty('volumes');
    expect(of(name)).not.toHaveProperty('privileged');
  });

  it.each(services)('asks %s whether it is ready, where it listens', (name) => {
    const [kind, node, option, script] = of(name).healthcheck.test;
    expect([kind, node, option]).toEqual(['CMD', '/usr/local/bin/node', '-e']);
    const port = name === 'gateway' ? '3000' : '8080';
    expect(script).toContain(`fetch('http://127.0.0.1:${port}/readyz')`);
    // It runs: with nobody there, it says no.
    expect(() => execFileSync(process.execPath, ['-e', String(script).replace(port, '1')])).toThrow(
      'Command failed',
    );
  });

  it.each(services)('gives %s more time to stop than it takes', (name) => {
    const { DRAIN_MS = '25000' } = of(name).environment ?? {};
    expect(of(name).stop_grace_period).toMatch(/^\d+s$/);
    expect(Number.parseInt(String(of(name).stop_grace_period), 10) * 1_000).toBeGreaterThan(Number(DRAIN_MS));
  });

  it('starts Prometheus and Grafana beside everything else when their profile is named', () => {
    const beside = started('infra', 'issuer', 'services', 'observability');
    expect(beside).toEqual([...started(), 'grafana', 'prometheus'].sort());
  });

  it('starts Jaeger beside everything else when its profile is named, and lets every service trace to it', () => {
    const beside = started('infra', 'issuer', 'services', 'tracing');
    expect(beside).toEqual([...started(), 'jaeger'].sort());
    const traced = composeFile({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318' });
    for (const name of services)
      expect(traced.services[name]?.environment).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318',
      });
  });

  it.each([...engines, 'keycloak', 'jaeger', 'prometheus', 'grafana'])(
    'has %s in a version that is named, checked, limited and without rights to gain',
    (name) => {
      expect(of(name)).toMatchObject({
        image: expect.stringMatching(/:v?\d+\.\d/),
        healthcheck: { test: expect.arrayContaining(['CMD']) },
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        deploy: { resources: { limits: { memory: expect.any(String) } } },
      });
      expect(of(name).user).not.toBe('root');
    },
  );

  it('publishes on 127.0.0.1 only, each port once', () => {
    const published = all.flatMap(([, { ports = [] }]) => ports as string[]);
    const own = published.map((port) => /^127\.0\.0\.1:(\d+):\d+$/.exec(port)?.[1]);
    expect(own).not.toContain(undefined);
    expect(new Set(own).size).toBe(own.length);
  });

  it('can have several gateways, on a range of ports', () => {
    expect(composeFile({ GATEWAY_PORT: '3000-3002' }).services['gateway']).toMatchObject({
      ports: ['127.0.0.1:3000-3002:3000'],
    });
  });

  it('mounts what is there: volumes that it declares and files of this repository', () => {
    for (const [, { volumes = [] }] of all)
      for (const volume of volumes as string[]) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect([source, existsSync(join(root, source))]).toEqual([source, true]);
        else expect(Object.keys(compose['volumes'] as object)).toContain(source);
      }
  });

  it('names one issuer to all, and the realm is the one that is imported', () => {
    const { realm } = JSON.parse(read('docker/keycloak/realm.json')) as { realm: string };
    const { environment: { KC_HOSTNAME: hostname } = {}, ports } = of('keycloak');
    expect(ports).toEqual([`127.0.0.1:${new URL(String(hostname)).port}:8080`]);
    expect(of('gateway').environment).toMatchObject({
      OIDC_ISSUER: `${String(hostname)}/realms/${realm}`,
      OIDC_DISCOVERY_URL: `http://keycloak:8080/realms/${realm}/.well-known/openid-configuration`,
    });
  });

  it('makes the users that the services are, each with its own name and the password that it has', () => {
    for (const name of ['expiry', 'notifications', 'gateway']) {
      const { username, password } = new URL(of(name).environment?.['MONGODB_URL'] ?? '');
      const variable = `${name.toUpperCase()}_PASSWORD`;
      expect([name, of('mongodb-users').environment?.[variable]]).toEqual([username, password]);
    }
    for (const name of ['requests', 'expiry', 'notifications', 'topics']) {
      const { KAFKA_USERNAME: user, KAFKA_PASSWORD: password, TOPICS } = of(name).environment ?? {};
      const made = of('kafka-users').environment?.[`${name.toUpperCase()}_PASSWORD`];
      expect([user, password, TOPICS]).toEqual([name, made, name === 'topics' ? 'create' : 'check']);
    }
    expect(of('gateway').environment).not.toHaveProperty('KAFKA_USERNAME');
    for (const name of ['mongodb', 'kafka'])
      expect(of(`${name}-users`)).toMatchObject({
        image: of(name)['image'],
        network_mode: `service:${name}`,
        restart: 'on-failure',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  it('has engines that ask who comes in, wherever others can reach them', () => {
    expect(JSON.stringify(of('mongodb')['command'])).toContain('--keyFile');
    const { environment: kafka = {} } = of('kafka');
    const protocols = Object.fromEntries(
      String(kafka['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP'])
        .split(',')
        .map((entry) => entry.split(':')),
    ) as Record<string, string>;
    for (const listener of String(kafka['KAFKA_LISTENERS']).split(',')) {
      const [, name = '', host = ''] = /^(\w+):\/\/(.*):\d+$/.exec(listener) ?? [];
      expect([name, protocols[name]]).toEqual([name, host === 'localhost' ? 'PLAINTEXT' : 'SASL_PLAINTEXT']);
    }
    expect(kafka['KAFKA_AUTHORIZER_CLASS_NAME']).toMatch(/StandardAuthorizer$/);
  });

  it('sends every service to names and ports of containers', () => {
    const inside = [...engines, ...services, 'keycloak'];
    for (const name of services)
      for (const [setting, value] of Object.entries(of(name).environment ?? {}))
        if (/_(URL|BROKERS|ADDRESS)$/.test(setting))
          expect(inside).toContain(/^(?:\w+:\/\/)?(?:[^@/]+@)?([\w-]+):\d+/.exec(value)?.[1]);
  });
});

// Its types speak of a default export that this CommonJS module does not have.
const dockerignore = dockerignoreModule as unknown as typeof dockerignoreModule.default;
const ignored = dockerignore().add(read('.dockerignore'));

describe('the Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(read('Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const bases = dockerfile.getFROMs();
  const last = instructions.slice(instructions.findLastIndex((each) => each.getKeyword() === 'FROM'));
  const inLast = (keyword: string) => last.filter((each) => each.getKeyword() === keyword);

  it('builds with the Node that the workspace pins', () => {
    const [pinned] = Object.values(manifestOf('.').optionalDependencies ?? {});
    expect(dockerfile.getInitialARGs().map((arg) => arg.getProperty()?.getValue())).toEqual([
      `node:${String(pinned)}-bookworm-slim`,
    ]);
  });

  it('names a version of every image', () => {
    const stages = bases.map((from) => from.getBuildStage());
    for (const from of bases) {
      const image = from.getImage() ?? '';
      if (image === '${NODE_IMAGE}' || stages.includes(image)) continue;
      expect(image).toMatch(/-debian12:nonroot$/);
    }
  });

  it('copies what is there and gets to the build', () => {
    const fromHere = dockerfile.getCOPYs().filter((copy: Copy) => copy.getFromFlag() === null);
    const sources = fromHere.flatMap((copy) => copy.getArguments().slice(0, -1).map(String));
    expect(sources).toEqual(['.', '.', 'docker/assemble.mjs']);
    for (const source of sources.filter((path) => path !== '.')) {
      expect(existsSync(join(root, source))).toBe(true);
      expect(ignored.ignores(source)).toBe(false);
    }
    for (const path of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'tsconfig.base.json',
      'apps/gateway/package.json',
    ])
      expect([path, ignored.ignores(path)]).toEqual([path, false]);
    for (const path of [
      '.git/config',
      '.env',
      'node_modules/x/index.js',
      'libs/contracts/node_modules/x/index.js',
      'data/log.db',
    ])
      expect([path, ignored.ignores(path)]).toEqual([path, true]);
  });

  it('ends as a user without a name and rights, in Node itself, with no shell between', () => {
    expect(inLast('USER').map((each) => each.getArgumentsContent())).toEqual(['65532:65532']);
    const argv = (keyword: string) =>
      inLast(keyword).flatMap((each) =>
        (each as JSONInstruction).getJSONStrings().map((text) => text.getJSONValue()),
      );
    expect(argv('ENTRYPOINT')).toEqual(['/usr/local/bin/node']);
    expect(argv('CMD')).toEqual(['dist/main.js']);
    expect(inLast('RUN')).toEqual([]);
  });

  it('compiles every service, and what it starts is what comes out', () => {
    const compiled = instructions
      .map((each) => each.getArgumentsContent() ?? '')
      .find((text) => text.includes('tsc -b'));
    for (const service of services) {
      expect(compiled).toContain(`apps/${service}`);
      expect(JSON.parse(read(`apps/${service}/tsconfig.json`))).toMatchObject({
        compilerOptions: { rootDir: 'src', outDir: 'dist' },
      });
      expect(existsSync(join(root, `apps/${service}/src/main.ts`))).toBe(true);
    }
  });
});

describe('the web app', () => {
  it('is built for the image, put where the gateway looks for it, and built of what gets to the build', () => {
    expect(read('Dockerfile')).toContain('node_modules/.bin/vite build apps/web');
    expect(manifestOf('apps/gateway').imageFolders).toEqual([relative(root, siteDirectory)]);
    for (const path of ['index.html', 'vite.config.ts', 'tsconfig.json', 'src/main.tsx', 'public/icon.svg']) {
      expect([path, existsSync(join(root, 'apps/web', path))]).toEqual([path, true]);
      expect([path, ignored.ignores(`apps/web/${path}`)]).toEqual([path, false]);
    }
  });

  it('needs no package for development, and the gateway none of its packages', () => {
    const { dependencies = {} } = manifestOf('apps/web');
    const configuration = ts.preProcessFile(read('apps/web/vite.config.ts')).importedFiles;
    for (const { fileName } of configuration)
      if (!fileName.startsWith('node:')) expect(Object.keys(dependencies)).toContain(fileName);
    expect(Object.keys(manifestOf('apps/gateway').dependencies ?? {})).not.toContain('@hse/web');
  });
});

describe('what a service imports, from its start and its commands on', () => {
  const projects = new Map(
    ['apps', 'libs']
      .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
      .filter((path) => existsSync(join(root, path, 'package.json')))
      .map((path) => [manifestOf(path).name, path]),
  );
  const projectOf = (file: string): string => file.split('/').slice(0, 2).join('/');

  /** Follows every import that is left after compiling, into the workspace's own packages too. */
  const follow = (service: string): { files: Set<string>; faults: string[] } => {
    const commands = join(`apps/${service}`, 'src/commands');
    const toDo = [`apps/${service}/src/main.ts`];
    if (existsSync(join(root, commands)))
      toDo.push(
        ...readdirSync(join(root, commands))
          .map((name) => join(commands, name))
          .filter((file) => !file.endsWith('.spec.ts')),
      );
    const files = new Set(toDo);
    const faults: string[] = [];
    for (const file of files) {
      const { dependencies = {} } = manifestOf(projectOf(file));
      const { outputText } = ts.transpileModule(read(file), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2024,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      });
      for (const { fileName } of ts.preProcessFile(outputText).importedFiles) {
        if (fileName.startsWith('node:')) continue;
        if (fileName.startsWith('.')) {
          files.add(relative(root, join(root, dirname(file), fileName)).replace(/\.js$/, '.ts'));
          continue;
        }
        const name = fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/');
        if (!(name in dependencies))
          faults.push(`${file} imports ${name}, which is no dependency at run time`);
        const project = projects.get(name);
        if (project === undefined) continue;
        const source = manifestOf(project).exports?.[`.${fileName.slice(name.length)}`]?.['@hse/source'];
        if (source === undefined) faults.push(`${file} imports ${fileName}, which is not exported`);
        else files.add(join(project, source));
      }
    }
    return { files, faults };
  };

  it.each(services)('%s: gets to the build, and its packages are there at run time', (service) => {
    const { files, faults } = follow(service);
    faults.push(
      ...[...files]
        .filter((file) => ignored.ignores(file))
        .map((file) => `${file} is ignored by .dockerignore`),
    );
    expect(faults).toEqual([]);
    expect(files.size).toBeGreaterThan(20);
  });
});

describe('docker/assemble.mjs', () => {
  let folder: string;
  const write = (path: string, content: string | object = ''): void => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'assemble-'));
    for (const [path, manifest] of Object.entries({
      'apps/mail': {
        name: '@hse/mail',
        dependencies: { '@hse/post': '1', ours: '1' },
        devDependencies: { '@hse/stamps': '1' },
        imageFolders: ['apps/pages/dist/site'],
      },
      'libs/post': {
        name: '@hse/post',
        dependencies: { other: '1' },
        devDependencies: { '@hse/stamps': '1' },
      },
      'libs/stamps': { name: '@hse/stamps' },
    })) {
      write(`here/${path}/package.json`, manifest);
      write(`built/${path}/package.json`, manifest);
      for (const name of [
        'dist/index.js',
        'dist/index.d.ts',
        'dist/index.js.map',
        'src/index.ts',
        'tsconfig.json',
      ])
        write(`built/${path}/${name}`);
      const link = `here/node_modules/${manifest.name}`;
      mkdirSync(join(folder, dirname(link)), { recursive: true });
      symlinkSync(`../../${path}`, join(folder, link));
    }
    write('built/libs/post/proto/post.proto');
    write('built/apps/pages/package.json', { name: '@hse/pages' });
    write('built/apps/pages/dist/site/index.html');
    write('built/apps/pages/dist/types/index.d.ts');
    write('built/node_modules/for-the-build/index.js');
    write('here/node_modules/ours/src/index.js');
    write('here/node_modules/ours/src/index.d.ts');
    write('here/libs/post/node_modules/other/index.js');
    execFileSync(
      process.execPath,
      [join(root, 'docker/assemble.mjs'), 'mail', join(folder, 'built'), join(folder, 'app')],
      {
        cwd: join(folder, 'here'),
      },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes the service, what it depends on, and the packages; no types, no sources, nothing for development', () => {
    const app = join(folder, 'app');
    const within = (path: string): string[] =>
      readdirSync(join(app, path), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? within(`${path}${entry.name}/`) : [`${path}${entry.name}`],
      );
    expect(within('').sort()).toEqual([
      'apps/mail/dist/index.js',
      'apps/mail/package.json',
      'apps/pages/dist/site/index.html',
      'libs/post/dist/index.js',
      'libs/post/node_modules/other/index.js',
      'libs/post/package.json',
      'libs/post/proto/post.proto',
      'node_modules/@hse/mail',
      'node_modules/@hse/post',
      'node_modules/ours/src/index.js',
    ]);
  });

  it('keeps the packages of the workspace linked within what it made', () => {
    expect(existsSync(join(folder, 'app/node_modules/@hse/post/dist/index.js'))).toBe(true);
    expect(readFileSync(join(folder, 'app/node_modules/@hse/mail/package.json'), 'utf8')).toContain(
      '@hse/mail',
    );
  });
});
