import { text } from '../text/text.ts';
import styles from './shell.module.css';

/** The page before it is known who is logged in: the header is where it will be. */
export const LoadingShell = ({ leaving = false }: { readonly leaving?: boolean }) => (
  <div className={styles.app}>
    <header className={styles.header}>
      <span className={styles.brand}>
        <img src="/icon.svg" alt="" width="32" height="32" />
        {text.product}
      </span>
    </header>
    <main className={styles.main}>
      <p role="status">{leaving ? text.welcome.leaving : text.loading}</p>
    </main>
  </div>
);
