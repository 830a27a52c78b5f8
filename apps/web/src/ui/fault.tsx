import { useState, type ReactNode } from 'react';
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
  /** Tries again; settles when that has succeeded or failed. */
  readonly onRetry: () => Promise<unknown>;
}) => {
  const [isTrying, setTrying] = useState(false);
  const retry = (): void => {
    setTrying(true);
    void onRetry().finally(() => setTrying(false));
  };
  return (
    <div className={styles.failed} role="alert">
      <p>
        <strong>{what}</strong> {adviceOn(error)}
      </p>
      <Button working={isTrying && text.working} onClick={retry}>
        {text.tryAgain}
      </Button>
    </div>
  );
};
