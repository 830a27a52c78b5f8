import { useMemo, useSyncExternalStore } from 'react';

/** Whether a media query holds, and from now on when it begins or ceases to. */
export const useMedia = (query: string): boolean => {
  const media = useMemo(() => matchMedia(query), [query]);
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => media.matches,
  );
};

/** Phones, and windows as narrow: the same width as in the styles. */
export const useIsNarrow = (): boolean => useMedia('(max-width: 640px)');
