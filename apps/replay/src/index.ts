export type { History } from './history.ts';
export { createStatesAt, type StatesAt } from './state-at/states-at.ts';
