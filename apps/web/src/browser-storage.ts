type Place = 'localStorage' | 'sessionStorage';

/** What this browser (or, with `sessionStorage`, this tab) keeps under a name; undefined where it is nothing, or no JSON, or blocked. */
export const readKept = (place: Place, name: string): unknown => {
  try {
    const kept = globalThis[place].getItem(name);
    return kept === null ? undefined : (JSON.parse(kept) as unknown);
  } catch {
    return undefined;
  }
};

/** Keeps a value, or with undefined forgets it. Does nothing where storage is blocked or full. */
export const keep = (place: Place, name: string, value: unknown): void => {
  try {
    if (value === undefined) globalThis[place].removeItem(name);
    else globalThis[place].setItem(name, JSON.stringify(value));
  } catch {
    // It is there until the page is left.
  }
};
