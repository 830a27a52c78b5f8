import { useState } from 'react';
import type { Participant } from '../api/client.ts';
import { keep, readKept } from '../browser-storage.ts';
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

/**
 * Keeps what is filled in for as long as the tab lives, so that neither an error, nor a log-in, nor Back loses it.
 * @param name which draft it is; has to name whose it is, too, because several people may use one tab.
 * @param seed what the initial slot comes from.
 */
export const useDraft = (name: string, initial: Draft, seed: string) => {
  const [kept] = useState(() => readKept('sessionStorage', name) as Kept | undefined);
  const [first] = useState(initial);
  const [draft, setDraft] = useState<Draft>(() =>
    !kept ? first : kept.seed === seed ? kept.draft : { ...kept.draft, slot: first.slot },
  );
  const keepDraft = (next: Kept | undefined): void => keep('sessionStorage', name, next);
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
      keepDraft(isSame(next) ? undefined : { draft: next, seed });
    },
    /** It was sent, or thrown away. */
    forget: (): void => {
      keepDraft(undefined);
      setDraft(first);
    },
  };
};
