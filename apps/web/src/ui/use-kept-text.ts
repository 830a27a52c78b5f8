import { useState } from 'react';
import { keep, readKept } from '../browser-storage.ts';

/**
 * A text that is kept for as long as the tab lives: a log-in in between does not lose it.
 * @param name which one it is; has to name whose it is, too, because several people may use one tab.
 */
export const useKeptText = (name: string): readonly [string, (text: string) => void] => {
  const [text, setText] = useState(() => {
    const kept = readKept('sessionStorage', name);
    return typeof kept === 'string' ? kept : '';
  });
  const change = (next: string): void => {
    setText(next);
    keep('sessionStorage', name, next === '' ? undefined : next);
  };
  return [text, change];
};
