import type { CommandBus, CommandResult } from '@hse/event-sourcing';
import type { Rejection, RejectionCode, SessionRequest, SessionRequestCommand } from '@hse/session-requests';
import { startStopwatch } from './stopwatch.ts';
import type { Telemetry } from './telemetry.ts';

/** How a command can end, as `session_requests.command.duration` has it. */
export type CommandOutcome = 'recorded' | 'nothing-to-do' | 'unavailable' | RejectionCode;

/**
 * The same bus; how long each command takes and how it ends goes into `session_requests.command.duration`. To be put where commands
 * are decided: around a bus that carries them elsewhere, they would be counted twice.
 */
export const measureCommands = (
  bus: CommandBus<SessionRequestCommand, SessionRequest, Rejection>,
  telemetry: Pick<Telemetry, 'record'>,
): CommandBus<SessionRequestCommand, SessionRequest, Rejection> => ({
  async execute(envelope) {
    const command: SessionRequestCommand['type'] = envelope.command.type;
    const elapsed = startStopwatch();
    let outcome: CommandOutcome = 'unavailable';
    try {
      const result = await bus.execute(envelope);
      outcome = outcomeOf(result);
      return result;
    } finally {
      telemetry.record('session_requests.command.duration', elapsed(), { command, outcome });
    }
  },
});

/** How a command that was answered ended. */
export const outcomeOf = (result: CommandResult<SessionRequest, Rejection>): CommandOutcome => {
  if (!result.ok) return result.rejection.code;
  return result.position === undefined ? 'nothing-to-do' : 'recorded';
};
