import type { SessionRequestBus } from '@hse/contracts';
import type { Logger } from '@hse/service-kit';
import { outcomeOf, startStopwatch, traceIdOf } from '@hse/telemetry';

/**
 * The same bus with a line in the log for each command: what it was, about which session request, and how it ended. Nothing of what
 * it says: no note, no reason, and nobody's name.
 */
export const logCommands = (bus: SessionRequestBus, logger: Logger): SessionRequestBus => ({
  async execute(envelope) {
    const { command, commandId, correlationId = commandId, traceparent } = envelope;
    const elapsed = startStopwatch();
    const traceId = traceIdOf(traceparent);
    const fields = (outcome: string) => ({
      command: command.type,
      outcome,
      ms: Math.round(elapsed() * 10_000) / 10,
      requestId: command.requestId,
      commandId,
      correlationId,
      ...(traceId !== undefined && { traceId }),
    });
    let result: Awaited<ReturnType<SessionRequestBus['execute']>>;
    try {
      result = await bus.execute(envelope);
    } catch (error) {
      logger.warn({ ...fields('failed'), err: error }, `${command.type} failed`);
      throw error;
    }
    const outcome = outcomeOf(result);
    logger.info(fields(outcome), `${command.type} ${result.ok ? outcome : `refused: ${outcome}`}`);
    return result;
  },
});
