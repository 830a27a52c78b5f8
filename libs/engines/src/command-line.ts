export const engineNames = ['kafka', 'mongo', 'keycloak'] as const;
export type EngineName = (typeof engineNames)[number];
/** What can be fetched: the engines, what Kubernetes manifests are checked by, and Prometheus with its tool. */
export const fetchedNames = [...engineNames, 'kubernetes', 'prometheus'] as const;
export type FetchedName = (typeof fetchedNames)[number];

/** What `npm run engines` is asked to do. */
export type Task =
  | { readonly kind: 'fetch'; readonly names: readonly FetchedName[] }
  | { readonly kind: 'stay'; readonly engines: readonly EngineName[] }
  | { readonly kind: 'run'; readonly engines: readonly EngineName[]; readonly command: readonly string[] };

export const usage = `npm run engines [-- kafka mongo keycloak]              starts them, kafka and mongo by default, until Ctrl-C
npm run engines -- fetch [kafka mongo keycloak]        downloads them, all by default
npm run engines -- fetch kubernetes                    makes what the Kubernetes manifests are checked by
npm run engines -- fetch prometheus                    downloads Prometheus, which alert rules are tested with
npm run engines -- run [kafka mongo keycloak] -- …     runs a command with KAFKA_BROKERS, MONGODB_URL, KEYCLOAK_URL set`;

const ordinary: readonly EngineName[] = ['kafka', 'mongo'];

/** @throws RangeError with a message for the user. */
export const parseTask = (args: readonly string[]): Task => {
  const dashes = args.indexOf('--');
  const words = dashes === -1 ? args : args.slice(0, dashes);
  const command = dashes === -1 ? [] : args.slice(dashes + 1);
  const [verb] = words;
  const kind = verb === 'fetch' || verb === 'run' ? verb : 'stay';
  const rest = kind === 'stay' ? words : words.slice(1);
  if (kind === 'fetch') {
    if (dashes !== -1) throw new RangeError(onlyRun);
    return { kind, names: among(fetchedNames, rest) ?? engineNames };
  }
  const named = among(engineNames, rest);
  if (kind === 'run') {
    if (command.length === 0) throw new RangeError(`Say what to run after another --.\n${usage}`);
    return { kind, engines: named ?? ordinary, command };
  }
  if (dashes !== -1) throw new RangeError(onlyRun);
  return { kind, engines: named ?? ordinary };
};

const onlyRun = `Only \`run\` takes a command.\n${usage}`;

/** Those of them that are named, each once; undefined where none is. */
const among = <N extends string>(names: readonly N[], words: readonly string[]): readonly N[] | undefined => {
  for (const word of words)
    if (!names.some((name) => name === word))
      throw new RangeError(`There is no ${word} here, there are ${names.join(', ')}.\n${usage}`);
  const named = names.filter((name) => words.includes(name));
  return named.length > 0 ? named : undefined;
};
