import { useEffect, useRef } from 'react';
import { text } from '../text/text.ts';
import { announce } from '../ui/announcer.tsx';
import styles from './connection-notice.module.css';

/** Says that the live connection is away, and that it is back. Lies over the page, so that nothing moves. */
export const ConnectionNotice = ({ isLost }: { readonly isLost: boolean }) => {
  const wasLost = useRef(false);
  useEffect(() => {
    if (wasLost.current && !isLost) announce(text.connection.back);
    wasLost.current = isLost;
  }, [isLost]);
  return (
    <div className={styles.place} role="status">
      {isLost && (
        <p className={styles.notice}>
          <span className={styles.dot} aria-hidden="true" />
          {text.connection.lost}
        </p>
      )}
    </div>
  );
};
