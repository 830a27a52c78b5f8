/** One thing that can be set from the environment. */
export interface Setting<T> {
  /** What it is for, in a few words. */
  readonly meaning: string;
  /** What is accepted, in words for the person who got it wrong. */
  readonly form: string;
  /** As it would be written in the environment. Undefined: not set, and `parse` is not asked. */
  readonly default: string | undefined;
  /** The value, or undefined when the text is not of the accepted form. */
  parse(text: string): T | undefined;
}

type Values<S extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof S]: S[K] extends { default: string; parse(text: string): infer T | undefined }
    ? Exclude<T, undefined>
    : S[K] extends Setting<infer T>
      ? T | undefined
      : never;
};

/** Settings that cannot be used. Its message names each one, what it was, and what it has to look like. */
export class InvalidSettings extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? String(faults[0])
        : `${faults.length} settings are wrong:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.name = 'InvalidSettings';
    this.faults = faults;
  }
}

/**
 * Reads settings from the environment. An empty variable counts as not set.
 * @throws InvalidSettings that names every wrong one, so that nobody has to start twice to find the second.
 */
export const readSettings = <const S extends Record<string, Setting<unknown>>>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): Values<S> => {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const text = environment[name] || setting.default;
    if (text === undefined) continue;
    const value = setting.parse(text);
    if (value === undefined) faults.push(`${name}=${text} is not valid: it has to be ${setting.form}.`);
    values[name] = value;
  }
  if (faults.length > 0) throw new InvalidSettings(faults);
  return values as Values<S>;
};

/** A whole number within bounds, both inclusive. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number | undefined =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;

/** A decimal number within bounds, both inclusive. */
export const decimalNumber =
  (least: number, most: number) =>
  (text: string): number | undefined =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;

/** One of a few words. */
export const oneOf =
  <const W extends string>(...words: readonly W[]) =>
  (text: string): W | undefined =>
    words.find((word) => word === text);

/** Anything. */
export const anyText = (text: string): string | undefined => text;
