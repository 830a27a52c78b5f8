export { openMongoDeadlineStore } from './deadline-store.ts';
