import type { CommandStartedEvent, Db, Document, MongoClient } from 'mongodb';

/** What a server does that has no index for a query: reads a collection from end to end, or sorts what it has read. */
const withoutIndex = ['COLLSCAN', 'SORT'];

/** How the server carries out one command. */
export interface QueryPlan {
  readonly command: Document;
  /** `IXSCAN by_due`, `FETCH` and so on. */
  readonly stages: readonly string[];
}

/** Asks the server about each statement that the client sends while `work` is done; it needs `monitorCommands`. */
export const plansOf = async (
  client: MongoClient,
  db: Db,
  work: () => Promise<unknown>,
): Promise<QueryPlan[]> => {
  const commands: Document[] = [];
  const listen = ({ commandName, command }: CommandStartedEvent): void =>
    void commands.push(...statementsOf(commandName, command));
  client.on('commandStarted', listen);
  try {
    await work();
  } finally {
    client.off('commandStarted', listen);
  }
  const plans: QueryPlan[] = [];
  for (const command of commands) {
    const explained = await db.command({ explain: command, verbosity: 'queryPlanner' });
    plans.push({ command, stages: stagesOf(explained) });
  }
  return plans;
};

/** Those that go through a collection or sort what they have read. */
export const withoutAnIndex = (plans: readonly QueryPlan[]): QueryPlan[] =>
  plans.filter(({ stages }) => stages.some((stage) => withoutIndex.includes(stage)));

/** The command without what belongs to the session, one statement each. */
const statementsOf = (name: string, command: Document): Document[] => {
  const pick = (...fields: string[]): Document =>
    Object.fromEntries(fields.filter((field) => field in command).map((field) => [field, command[field]]));
  switch (name) {
    case 'find':
      return [pick('find', 'filter', 'sort', 'limit', 'projection', 'hint', 'collation')];
    case 'aggregate':
      return [{ ...pick('aggregate', 'pipeline', 'hint'), cursor: {} }];
    case 'findAndModify':
      return [pick('findAndModify', 'query', 'sort', 'update', 'upsert', 'new', 'fields', 'remove')];
    case 'update':
      return (command['updates'] as Document[]).map((update) => ({ ...pick('update'), updates: [update] }));
    case 'delete':
      return (command['deletes'] as Document[]).map((each) => ({ ...pick('delete'), deletes: [each] }));
    default:
      return [];
  }
};

const stagesOf = (explained: unknown): string[] => {
  if (Array.isArray(explained)) return explained.flatMap(stagesOf);
  if (typeof explained !== 'object' || explained === null) return [];
  const { stage, indexName } = explained as { stage?: unknown; indexName?: unknown };
  const here = typeof stage === 'string' ? [[stage, indexName].filter(Boolean).join(' ')] : [];
  const below = Object.entries(explained)
    .filter(([key]) => !['command', 'serverInfo', 'serverParameters', 'rejectedPlans'].includes(key))
    .flatMap(([, value]) => stagesOf(value));
  return [...here, ...below];
};
