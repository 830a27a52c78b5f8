import { useState } from 'react';
import type { Action, Me, SessionRequest } from '../api/client.ts';
import { adviceOn } from '../api/problem.ts';
import { useAnswer, type Answer } from '../api/queries.ts';
import { useOpenDialog } from '../navigation.ts';
import { RejectForm } from '../pending-actions/reject-form.tsx';
import { text } from '../text/text.ts';
import { now } from '../time/clock.ts';
import { formatSlot } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { Fault } from '../ui/fault.tsx';
import { useKeptFocus } from '../ui/use-kept-focus.ts';
import { useKeptReason } from '../ui/use-kept-reason.ts';
import { CancelForm } from './cancel-form.tsx';
import { otherParty } from './parties.ts';
import styles from './session-actions.module.css';

/**
 * Just what is allowed: accept, adjust, reject, cancel. Rejecting asks first; cancelling asks what is meant.
 * @param onAtWork true while an answer is on its way.
 * @param onAnswered with the state that an answer led to.
 */
export const SessionActions = ({
  session,
  me,
  onAtWork,
  onAnswered,
}: {
  readonly session: SessionRequest;
  readonly me: Me;
  readonly onAtWork: (isAtWork: boolean) => void;
  readonly onAnswered: (session: SessionRequest) => void;
}) => {
  const { id, revision, agreed, proposal, allowedActions } = session;
  const zone = useZone();
  const answer = useAnswer();
  const openDialog = useOpenDialog();
  const place = useKeptFocus<HTMLDivElement>();
  const [asked, setAsked] = useState<{ readonly about: 'reject' | 'cancel'; readonly revision: number }>();
  const [reason, setReason] = useKeptReason(id, me);
  const said = reason.trim() === '' ? {} : { reason: reason.trim() };
  const other = otherParty(session, me);
  const can = (action: Action): boolean => allowedActions.includes(action);
  // A question was about the state that it was asked in.
  const asking = asked?.revision === revision ? asked.about : undefined;

  /** Goes on once it is answered, though this may be closed by then. */
  const send = (what: Answer, done: string): void => {
    onAtWork(true);
    answer
      .mutateAsync(what)
      .then(
        (state) => {
          onAnswered(state);
          setAsked(undefined);
          setReason('');
          announce(done);
        },
        () => undefined, // shown below
      )
      .finally(() => onAtWork(false));
  };
  const working = answer.isPending ? answer.variables : undefined;
  const slot = proposal ?? agreed;
  const when = slot ? formatSlot(slot, zone, now()) : '';

  return (
    <div ref={place} className={styles.actions} tabIndex={-1}>
      {answer.isError && <Fault>{adviceOn(answer.error)}</Fault>}
      {asking === 'reject' && can('reject') ? (
        <RejectForm
          question={
            agreed ? text.action.rejectChangeQuestion(when) : text.action.rejectQuestion(other.name, when)
          }
          otherName={other.name}
          reason={reason}
          onReason={setReason}
          isWorking={working?.action === 'reject'}
          onKeep={() => setAsked(undefined)}
          onReject={() =>
            send(
              { id, revision, action: 'reject', ...said },
              agreed ? text.action.changeRejected : text.action.rejected(other.name),
            )
          }
        />
      ) : asking === 'cancel' && (can('cancel-session') || can('cancel-change')) ? (
        <CancelForm
          session={session}
          otherName={other.name}
          reason={reason}
          onReason={setReason}
          working={working?.action === 'cancel' ? working.what : undefined}
          onKeep={() => setAsked(undefined)}
          onAdjust={() => openDialog({ adjust: id })}
          onCancel={(what) =>
            send(
              { id, revision, action: 'cancel', what, ...said },
              what === 'change' ? text.action.changeWithdrawn : text.action.cancelled(other.name),
            )
          }
        />
      ) : (
        <div className={styles.buttons}>
          {(can('cancel-session') || can('cancel-change')) && (
            <Button kind="quiet" onClick={() => setAsked({ about: 'cancel', revision })}>
              {text.action.cancel}
            </Button>
          )}
          {can('reject') && (
            <Button onClick={() => setAsked({ about: 'reject', revision })}>{text.action.reject}</Button>
          )}
          {can('adjust') && <Button onClick={() => openDialog({ adjust: id })}>{text.action.adjust}</Button>}
          {can('accept') && (
            <Button
              kind="primary"
              working={working?.action === 'accept' && text.action.accepting}
              onClick={() => send({ id, revision, action: 'accept' }, text.action.accepted(other.name, when))}
            >
              {text.action.accept}
            </Button>
          )}
        </div>
      )}
    </div>
  );
};
