export type { History } from './history.ts';
