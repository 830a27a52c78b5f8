import { useState } from 'react';
import type { Me } from '../api/client.ts';
import { keep, readKept } from '../browser-storage.ts';

/** What I type as the reason of an answer. It is kept for as long as the tab lives: a log-in in between does not lose it. */
export const useKeptReason = (
  requestId: string,
  me: Pick<Me, 'id'> | undefined,
): readonly [string, (reason: string) => void] => {
  // With whose it is: several people may use one tab.
  const name = `reason about ${requestId} of ${me?.id ?? ''}`;
  const [reason, setReason] = useState(() => {
    const kept = readKept('sessionStorage', name);
    return typeof kept === 'string' ? kept : '';
  });
  const change = (next: string): void => {
    setReason(next);
    keep('sessionStorage', name, next === '' ? undefined : next);
  };
  return [reason, change];
};
