import { AdjustDialog, Chunk, RequestDialog, SessionDialog } from '../chunks.tsx';
import { useParameter } from '../navigation.ts';

/** The dialog that the address names. */
export const Dialogs = () => {
  const session = useParameter('session');
  const adjust = useParameter('adjust');
  const request = useParameter('request');
  return (
    <Chunk>
      {session !== undefined ? (
        <SessionDialog key={session} id={session} />
      ) : adjust !== undefined ? (
        <AdjustDialog key={adjust} />
      ) : request !== undefined ? (
        <RequestDialog />
      ) : null}
    </Chunk>
  );
};
