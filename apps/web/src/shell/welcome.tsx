import { useState, type ReactNode } from 'react';
import { leaveForLogIn, logInDidNotHold, logOut } from '../log-in.ts';
import { text } from '../text/text.ts';
import { Button } from '../ui/button.tsx';
import { Fault, LoadingFailed } from '../ui/fault.tsx';
import styles from './welcome.module.css';

const Page = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <main className={styles.page}>
    <div className={styles.card}>
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>{title}</h1>
      {children}
    </div>
  </main>
);

/** For who is not logged in. */
export const Welcome = () => (
  <Page title={text.welcome.title}>
    <p>{text.welcome.lead}</p>
    {logInDidNotHold() && <Fault>{text.welcome.logInAgain}</Fault>}
    <Button kind="primary" onClick={() => leaveForLogIn()}>
      {text.welcome.logIn}
    </Button>
  </Page>
);

/** For who is logged in and is neither a coach nor a client. */
export const NoParticipant = () => {
  const [state, setState] = useState<'leaving' | 'failed'>();
  const leave = (): void => {
    setState('leaving');
    logOut().catch(() => setState('failed'));
  };
  return (
    <Page title={text.welcome.noParticipant.title}>
      <p>{text.welcome.noParticipant.lead}</p>
      {state === 'failed' && <Fault>{text.shell.logOutFailed}</Fault>}
      <Button kind="primary" working={state === 'leaving' && text.shell.loggingOut} onClick={leave}>
        {text.shell.logOut}
      </Button>
    </Page>
  );
};

/** When not even who is logged in can be asked. */
export const Unreachable = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry: () => Promise<unknown>;
}) => (
  <Page title={text.product}>
    <LoadingFailed what={text.sessions.failed} error={error} onRetry={onRetry} />
  </Page>
);
