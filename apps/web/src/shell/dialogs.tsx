import type { ReactNode } from 'react';
import { AdjustDialog, Chunk, RequestDialog, SessionDialog } from '../chunks.tsx';
import { useParameter } from '../navigation.ts';
import styles from './dialogs.module.css';

/** The dialog that the address names. */
export const Dialogs = () => {
  const session = useParameter('session');
  const adjust = useParameter('adjust');
  const request = useParameter('request');
  if (session !== undefined)
    return (
      <Place key={session}>
        <SessionDialog id={session} />
      </Place>
    );
  if (adjust !== undefined)
    return (
      <Place key={adjust}>
        <AdjustDialog />
      </Place>
    );
  if (request !== undefined)
    return (
      <Place key="request">
        <RequestDialog />
      </Place>
    );
  return null;
};

/** What a dialog has to say before it is there lies over the page, where the dialog will be. */
const Place = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.place}>
    <Chunk>{children}</Chunk>
  </div>
);
