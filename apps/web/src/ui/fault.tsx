import type { ReactNode } from 'react';
import { adviceOn } from '../api/problem.ts';
import { text } from '../text/text.ts';
import { Button } from './button.tsx';
import styles from './fault.module.css';

/** What went wrong and what can be done, said at once to screen readers as well. */
export const Fault = ({ children }: { readonly children: ReactNode }) => (
  <p className={styles.fault} role="alert">
    {children}
  </p>
);

/** In place of what could not be loaded. */
export const LoadingFailed = ({
  what,
  error,
  onRetry,
}: {
  readonly what: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}) => (
  <div className={styles.failed} role="alert">
    <p>
      <strong>{what}</strong> {adviceOn(error)}
    </p>
    <Button onClick={onRetry}>{text.tryAgain}</Button>
  </div>
);
