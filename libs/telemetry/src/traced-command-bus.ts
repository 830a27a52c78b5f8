import type { CommandBus, CommandEnvelope } from '@hse/event-sourcing';
import type { Rejection, SessionRequest, SessionRequestCommand } from '@hse/session-requests';
import { SpanKind, type Span } from '@opentelemetry/api';
import { outcomeOf } from './measured-command-bus.ts';
import type { Telemetry } from './telemetry.ts';
import { endSpan, within } from './traced-span.ts';
import { contextOf, isSampled, spanContextOf, traceparentOf } from './traceparent.ts';

type Bus = CommandBus<SessionRequestCommand, SessionRequest, Rejection>;

export interface TraceCommandsOptions {
  readonly telemetry: Pick<Telemetry, 'tracer' | 'isTracing'>;
  /** `client` where commands are sent from, `server` where they are decided. */
  readonly side: 'client' | 'server';
  /** The `traceparent` of what a command goes back to without being part of its trace; asked while the command is under way. */
  readonly linkOf?: (command: SessionRequestCommand) => Promise<string | undefined>;
}

/**
 * The same bus with a span for each command, in the trace of the envelope, or in a new one; the command goes on with the
 * span's `traceparent`. The bus itself where nothing is traced.
 */
export const traceCommands = (bus: Bus, { telemetry, side, linkOf }: TraceCommandsOptions): Bus => {
  const { tracer, isTracing } = telemetry;
  if (!isTracing) return bus;
  const kind = side === 'client' ? SpanKind.CLIENT : SpanKind.SERVER;

  const link = async (span: Span, { command }: CommandEnvelope<SessionRequestCommand>): Promise<void> => {
    const context = spanContextOf(await linkOf?.(command));
    if (context) span.addLink({ context });
  };

  return {
    async execute(envelope) {
      const { command, commandId, traceparent: before } = envelope;
      const attributes = {
        'session_requests.command': command.type,
        'session_requests.command_id': commandId,
        'session_requests.request_id': command.requestId,
      };
      const span = tracer.startSpan(command.type, { kind, attributes }, contextOf(before));
      // What a caller does not want traced goes on as it came.
      const traceparent = traceparentOf(span);
      const linked = linkOf && isSampled(traceparent) ? link(span, envelope).catch(() => {}) : undefined;
      return within(
        [span],
        async () => {
          const result = await bus.execute({
            ...envelope,
            ...(traceparent !== undefined && { traceparent }),
          });
          span.setAttribute('session_requests.outcome', outcomeOf(result));
          return result;
        },
        // Nobody waits for the link but the span.
        (_, errorType) =>
          linked ? void linked.then(() => endSpan(span, errorType)) : endSpan(span, errorType),
      );
    },
  };
};
