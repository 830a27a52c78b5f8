/** A command under way. */
export interface CommandEnvelope<C> {
  /** Makes it idempotent: the same id gets the first answer, and records nothing twice. */
  readonly commandId: string;
  readonly command: C;
  /** Default: the command id. */
  readonly correlationId?: string;
  readonly causationId?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
}

/** A state and where in its history it stands. */
export interface Versioned<S> {
  readonly state: S;
  /** Of the latest event folded into the state. */
  readonly revision: number;
  /** ISO-8601 UTC: when the latest event folded into the state was recorded. */
  readonly recordedAt: string;
}

export type CommandResult<S, R> =
  | {
      readonly ok: true;
      /** The state that the command led to. Undefined where it had nothing to do on something that does not exist. */
      readonly current: Versioned<S> | undefined;
      /** Position of the last event recorded by this command; undefined where it had nothing to do. */
      readonly position: number | undefined;
    }
  | {
      readonly ok: false;
      readonly rejection: R;
      /** The state that the command was refused on, where there is one. For the caller's eyes only if they may see it. */
      readonly current: Versioned<S> | undefined;
    };

/** One way in: executes a command where the rules are, and brings back the new state or a rejection. */
export interface CommandBus<C, S, R> {
  /**
   * @throws StoreUnavailable and errors of the transport: the command may or may not have been executed.
   *   Repeat it with the same command id.
   */
  execute(envelope: CommandEnvelope<C>): Promise<CommandResult<S, R>>;
}
