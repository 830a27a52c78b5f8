export { openSqliteReadModels } from './read-models.ts';
export { createSqliteReadModelsCopy } from './read-models-copy.ts';
export { openSqliteReadModelsSnapshot } from './read-models-snapshot.ts';
export { ReadModelsInUse } from './ownership.ts';
export { openSqliteDeadlineStore } from './deadline-store.ts';
export { NewerSchema, openSqliteGatewayStore } from './gateway-store.ts';
export type { SqliteLogger } from './database.ts';
