/** A Node process: its arguments, and what its environment has besides. */
interface Step {
  readonly run: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What `npm run <name>` does, as far as TypeScript has to know of it. */
export declare const commands: {
  readonly replay: { steps(args: readonly string[]): readonly [Step] };
};
