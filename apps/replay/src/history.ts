import type { SessionRequestStore } from '@hse/contracts';

/**
 * The log as an analyst sees it: to read, while whoever it belongs to goes on writing.
 *
 * `readStream` is absent where finding the events of one request would take reading them all.
 */
export type History = Pick<SessionRequestStore, 'readAll' | 'head' | 'close'> &
  Partial<Pick<SessionRequestStore, 'readStream'>>;
