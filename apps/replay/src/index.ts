export { exportHistory, defaultPartRows, type ExportOptions } from './export/export-history.ts';
export type { History } from './history.ts';
export { columns, rowSchemaVersion, type Column } from './rows/columns.ts';
export { plainIdentities } from './rows/identities.ts';
export { sqlTypeOf } from './duck/fill-table.ts';
export { createStatesAt, type StatesAt } from './state-at/states-at.ts';
