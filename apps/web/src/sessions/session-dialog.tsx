import { useEffect, useState } from 'react';
import type { Me, SessionRequest } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { useMe, useSession } from '../api/queries.ts';
import { useGo } from '../navigation.ts';
import { text } from '../text/text.ts';
import { now as present, useNow } from '../time/clock.ts';
import { formatSlot } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Deadline } from '../ui/deadline.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Fault, LoadingFailed } from '../ui/fault.tsx';
import { SlotTimes } from '../ui/slot-times.tsx';
import { StatusMark } from '../ui/status-mark.tsx';
import { waitsFor } from './calendar-items.ts';
import { otherHasLeft, otherParty } from './parties.ts';
import { SessionActions } from './session-actions.tsx';
import styles from './session-dialog.module.css';
import { statusOf, statusWord } from './status.ts';
import { Thread } from './thread.tsx';
import { whatChanged } from './what-changed.ts';

/** A session: who, when for both, what was said, until when somebody has to answer, and what can be done. */
export const SessionDialog = ({ id }: { readonly id: string }) => {
  const session = useSession(id);
  const me = useMe().data;
  const go = useGo();
  // It may lie on a request that is being written, and leaves that open.
  const close = (): void => go({ session: undefined }, { replace: true });
  if (session.data && me) return <Session session={session.data} me={me} onClose={close} />;
  return (
    <Dialog title={text.product} onClose={close}>
      {session.isError ? (
        session.error instanceof ApiProblem && session.error.status === 404 ? (
          <Fault>{text.session.unknown}</Fault>
        ) : (
          <LoadingFailed what={text.session.failed} error={session.error} onRetry={() => session.refetch()} />
        )
      ) : (
        <p role="status" className={styles.loading}>
          {text.loading}
        </p>
      )}
    </Dialog>
  );
};

const Session = ({
  session,
  me,
  onClose,
}: {
  readonly session: SessionRequest;
  readonly me: Me;
  readonly onClose: () => void;
}) => {
  const { agreed, proposal, slot, revision, id } = session;
  const zone = useZone();
  const now = useNow(60_000);
  const other = otherParty(session, me);
  const [seen, setSeen] = useState(session);
  // What somebody did here themselves is no news to them.
  const [isAtWork, setAtWork] = useState(false);
  useEffect(() => {
    if (isAtWork) setSeen(session);
  }, [isAtWork, session]);
  const news =
    revision > seen.revision && !isAtWork
      ? whatChanged(seen, session, me.role, (of) => formatSlot(of, zone, present()))
      : undefined;
  const isClosed = statusOf(session) === 'closed';
  const hint = hintOn(session, now, other.name);

  return (
    <Dialog
      title={text.session.title(other.name)}
      onClose={onClose}
      footer={
        <SessionActions
          session={session}
          me={me}
          onAtWork={setAtWork}
          onAnswered={(answered) => {
            setSeen(answered);
          }}
        />
      }
    >
      <div className={styles.session}>
        <div className={styles.head}>
          <Avatar name={other.name} picture={other.picture} />
          <div className={styles.marks}>
            <StatusMark status={statusOf(session)} word={statusWord(session)} />
            <span>{waitsFor(session, me, other.name)}</span>
          </div>
        </div>
        <div role="status">
          {news !== undefined && (
            <div className={styles.news}>
              <p>
                <strong>{text.session.changed}</strong> {news}
              </p>
            </div>
          )}
        </div>
        <dl className={styles.facts}>
          {agreed && (
            <>
              <dt>{text.session.agreedFor}</dt>
              <dd>
                <SlotTimes slot={agreed} other={other} />
              </dd>
            </>
          )}
          {proposal && (
            <>
              <dt>{text.session.proposed}</dt>
              <dd>
                <SlotTimes slot={proposal} other={other} />
              </dd>
            </>
          )}
          {!agreed && !proposal && (
            <>
              <dt>{text.session.when}</dt>
              <dd>
                <SlotTimes slot={slot} other={other} struck={isClosed} />
              </dd>
            </>
          )}
          {proposal?.note !== undefined && (
            <>
              <dt>
                {proposal.proposedBy === me.role ? text.session.yourNote : text.session.noteOf(other.name)}
              </dt>
              <dd className={styles.note}>{proposal.note}</dd>
            </>
          )}
        </dl>
        {proposal && (
          <Deadline proposal={proposal} isChange={agreed !== null} me={me.role} otherName={other.name} />
        )}
        {hint !== undefined && <p className={styles.hint}>{hint}</p>}
        <h3>{text.session.thread}</h3>
        <Thread id={id} revision={revision} me={me.role} other={other} />
      </div>
    </Dialog>
  );
};

/** Why there is nothing to do, or less than one would expect, where that is not plain. */
const hintOn = (session: SessionRequest, now: number, otherName: string): string | undefined => {
  const { agreed, outcome, allowedActions } = session;
  if (outcome) return text.session.nothingToDo.closed;
  if (agreed && Date.parse(agreed.startsAt) <= now && allowedActions.length === 0)
    return text.session.nothingToDo.started;
  if (otherHasLeft(session)) return text.session.nothingToDo.otherHasLeft(otherName);
  return undefined;
};
