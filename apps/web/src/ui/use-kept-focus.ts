import { useEffect, useRef, type RefObject } from 'react';

/**
 * A place (`tabIndex={-1}`) that takes the focus when what had it inside goes away, so that the keyboard goes on from there and
 * not from the top of the page.
 */
export const useKeptFocus = <Place extends HTMLElement>(): RefObject<Place | null> => {
  const ref = useRef<Place>(null);
  useEffect(() => {
    const place = ref.current;
    if (!place) return undefined;
    let focused: Node | undefined;
    const onFocus = ({ target }: FocusEvent): void => {
      focused = target instanceof Node ? target : undefined;
    };
    // It may have gone, in which case some browsers tell, or the focus has left it.
    const onBlur = (): void =>
      queueMicrotask(() => {
        if (focused?.isConnected && document.activeElement !== focused) focused = undefined;
      });
    const observer = new MutationObserver(() => {
      if (!focused || focused.isConnected) return;
      focused = undefined;
      if (document.activeElement === document.body) place.focus();
    });
    place.addEventListener('focusin', onFocus);
    place.addEventListener('focusout', onBlur);
    observer.observe(place, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      place.removeEventListener('focusin', onFocus);
      place.removeEventListener('focusout', onBlur);
    };
  }, []);
  return ref;
};
