import { useEffect } from 'react';
import { useMe } from '../api/queries.ts';
import { text } from '../text/text.ts';

/** Names the page in the tab, with how much awaits an answer. @param page undefined: the app alone. */
export const useTitle = (page?: string): void => {
  const count = useMe().data?.pendingActions ?? 0;
  useEffect(() => {
    const name = page === undefined ? text.product : `${page} · ${text.product}`;
    document.title = count > 0 ? `(${count}) ${name}` : name;
  }, [count, page]);
};
