import { useState } from 'react';
import type { SessionRequest } from '../api/client.ts';
import { useAnswer, useMe, type Answer } from '../api/queries.ts';
import { adviceOn, ApiProblem } from '../api/problem.ts';
import { useOpenDialog } from '../navigation.ts';
import { otherHasLeft, otherParty } from '../sessions/parties.ts';
import { text } from '../text/text.ts';
import { formatSlot } from '../time/format.ts';
import { now } from '../time/clock.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Deadline } from '../ui/deadline.tsx';
import { Fault } from '../ui/fault.tsx';
import { SlotTimes } from '../ui/slot-times.tsx';
import { useKeptFocus } from '../ui/use-kept-focus.ts';
import { useKeptReason } from '../ui/use-kept-reason.ts';
import { RejectForm } from './reject-form.tsx';
import styles from './pending-item.module.css';

/** One proposal that awaits my answer. @param onDone it is answered, and about to go. */
export const PendingItem = ({
  session,
  onDone,
}: {
  readonly session: SessionRequest;
  readonly onDone: () => void;
}) => {
  const me = useMe().data;
  const zone = useZone();
  const answer = useAnswer();
  const openDialog = useOpenDialog();
  const place = useKeptFocus<HTMLLIElement>();
  /** The revision that it was asked about whether to reject. */
  const [asked, setAsked] = useState<number>();
  const { proposal, agreed, id, revision } = session;
  const [reason, setReason] = useKeptReason(id, me);
  if (!me || !proposal) return null;
  const other = otherParty(session, me);
  const what = agreed
    ? text.pending.proposesChange(other.name)
    : proposal.round > 1
      ? text.pending.proposesOther(other.name)
      : text.pending.asks(other.name);
  /** Goes on once it is answered, though this item is gone by then. */
  const send = (what: Answer, done: () => string): void => {
    answer.mutateAsync(what).then(
      () => {
        setReason('');
        onDone();
        announce(done());
      },
      () => undefined, // shown below
    );
  };
  const accept = (): void =>
    send({ id, revision, action: 'accept' }, () =>
      text.action.accepted(other.name, formatSlot(proposal, zone, now())),
    );
  const reject = (): void =>
    send({ id, revision, action: 'reject', ...(reason.trim() !== '' && { reason: reason.trim() }) }, () =>
      agreed ? text.action.changeRejected : text.action.rejected(other.name),
    );
  const working = answer.isPending ? answer.variables.action : undefined;
  // A question was about the proposal that it was asked about.
  const isRejecting = asked === revision;
  const hasChanged =
    (asked !== undefined && asked !== revision) ||
    (answer.error instanceof ApiProblem && answer.error.code === 'conflict');

  return (
    <li ref={place} className={styles.item} tabIndex={-1}>
      <div className={styles.who}>
        <Avatar name={other.name} picture={other.picture} />
        <div>
          <h3>{what}</h3>
          <SlotTimes slot={proposal} other={other} />
          {agreed && (
            <p className={styles.instead}>
              <SlotTimes slot={agreed} other={other} struck />
            </p>
          )}
        </div>
      </div>
      {proposal.note !== undefined && <p className={styles.note}>{text.session.said(proposal.note)}</p>}
      <Deadline proposal={proposal} isChange={agreed !== null} me={me.role} otherName={other.name} />
      {otherHasLeft(session) && <p>{text.session.nothingToDo.otherHasLeft(other.name)}</p>}
      {(hasChanged || answer.isError) && (
        <Fault>{hasChanged ? text.pending.changed : adviceOn(answer.error)}</Fault>
      )}
      {isRejecting ? (
        <RejectForm
          question={
            agreed
              ? text.action.rejectChangeQuestion(formatSlot(proposal, zone, now()))
              : text.action.rejectQuestion(other.name, formatSlot(proposal, zone, now()))
          }
          otherName={other.name}
          reason={reason}
          onReason={setReason}
          isWorking={working === 'reject'}
          onReject={reject}
          onKeep={() => setAsked(undefined)}
        />
      ) : (
        <div className={styles.actions}>
          {!otherHasLeft(session) && (
            <>
              <Button kind="primary" working={working === 'accept' && text.action.accepting} onClick={accept}>
                {text.action.accept}
                <span className="visually-hidden"> {what}</span>
              </Button>
              <Button onClick={() => openDialog({ adjust: id })}>
                {text.action.adjust}
                <span className="visually-hidden"> {what}</span>
              </Button>
            </>
          )}
          <Button onClick={() => setAsked(revision)}>
            {text.action.reject}
            <span className="visually-hidden"> {what}</span>
          </Button>
          <Button
            kind="quiet"
            onClick={() => openDialog({ session: id })}
            aria-label={text.pending.open(other.name)}
          >
            {text.pending.details}
          </Button>
        </div>
      )}
    </li>
  );
};
