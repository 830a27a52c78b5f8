import { streamOf, type SessionRequestStore } from '@hse/contracts';
import type { SessionRequestCommand } from '@hse/session-requests';

/**
 * To which trace the proposal belongs that a command lets expire, so that the cancellation can be linked to it: a trace of its own it has
 * to be, for days may lie between.
 * @returns a function that reads the log, once for each such command; for `traceCommands`.
 */
export const traceOfProposal =
  (history: Pick<SessionRequestStore, 'readStream'>) =>
  async (command: SessionRequestCommand): Promise<string | undefined> => {
    if (command.type !== 'ExpireSessionRequest') return undefined;
    const events = await history.readStream(streamOf(command));
    const proposal = events.findLast(
      ({ type, data }) =>
        (type === 'SessionRequested' || type === 'SessionAdjusted') && data.round === command.round,
    );
    return proposal?.metadata.traceparent;
  };
