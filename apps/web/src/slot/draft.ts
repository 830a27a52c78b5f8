import { useState } from 'react';
import type { Participant } from '../api/client.ts';
import type { LocalSlot } from './local-slot.ts';

/** What somebody has filled in, and not sent yet. */
export interface Draft {
  readonly other: Participant | null;
  readonly slot: LocalSlot;
  readonly note: string;
}

interface Kept {
  readonly draft: Draft;
  /** The slot that the address asked for; another one takes the place of what was filled in. */
  readonly seed: string;
}

const read = (name: string): Kept | undefined => {
  try {
    const kept = sessionStorage.getItem(name);
    return kept === null ? undefined : (JSON.parse(kept) as Kept);
  } catch {
    return undefined; // storage that is blocked: then a draft lives as long as its dialog
  }
};

const write = (name: string, kept: Kept | undefined): void => {
  try {
    if (kept) sessionStorage.setItem(name, JSON.stringify(kept));
    else sessionStorage.removeItem(name);
  } catch {
    // As above.
  }
};

/**
 * Keeps what is filled in for as long as the tab lives, so that neither an error, nor a log-in, nor Back loses it.
 * @param name which draft it is; has to name whose it is, too, because several people may use one tab.
 * @param seed what the initial slot comes from.
 */
export const useDraft = (name: string, initial: Draft, seed: string) => {
  const [kept] = useState(() => read(name));
  const [first] = useState(initial);
  const [draft, setDraft] = useState<Draft>(() =>
    !kept ? first : kept.seed === seed ? kept.draft : { ...kept.draft, slot: first.slot },
  );
  const isSame = (other: Draft): boolean => JSON.stringify(other) === JSON.stringify(first);
  return {
    draft,
    /** Something is filled in that was not there at first. */
    isDirty: !isSame(draft),
    /** It was filled in before the dialog was opened this time. */
    wasKept: kept !== undefined && kept.seed === seed && !isSame(kept.draft),
    change: (changes: Partial<Draft>): void => {
      const next = { ...draft, ...changes };
      setDraft(next);
      write(name, isSame(next) ? undefined : { draft: next, seed });
    },
    /** It was sent, or thrown away. */
    forget: (): void => {
      write(name, undefined);
      setDraft(first);
    },
  };
};
