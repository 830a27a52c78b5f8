import type { HistoryItem, Party } from '../api/client.ts';
import type { EventFacts } from '../api/event-facts.ts';
import { useHistory } from '../api/queries.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { formatMoment } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { LoadingFailed } from '../ui/fault.tsx';
import { SlotTimes } from '../ui/slot-times.tsx';
import styles from './thread.module.css';

type Role = 'coach' | 'client';

const titleOf = (type: HistoryItem['type'], facts: EventFacts, who: (role: Role) => string): string => {
  const texts = text.session.event;
  const { requestedBy, acceptedBy, rejectedBy, adjustedBy, cancelledBy, cause, agreedSlotStands } = facts;
  switch (type) {
    case 'SessionRequested':
      return texts.SessionRequested(who(requestedBy ?? 'client'));
    case 'SessionAccepted':
      return texts.SessionAccepted(who(acceptedBy ?? 'client'));
    case 'SessionRejected':
      return (agreedSlotStands === true ? texts.rejectedChange : texts.SessionRejected)(
        who(rejectedBy ?? 'client'),
      );
    case 'SessionAdjusted':
      return texts.SessionAdjusted(who(adjustedBy ?? 'client'));
    case 'SessionCancelled': {
      if (cancelledBy === undefined || cancelledBy === 'system')
        return agreedSlotStands === true ? texts.unansweredChange : texts.unanswered;
      if (agreedSlotStands === true) return texts.withdrawnChange(who(cancelledBy));
      return (cause === 'withdrawn' ? texts.withdrawn : texts.calledOff)(who(cancelledBy));
    }
  }
};

/** Everything that happened to a session request, oldest first: proposals, answers, endings, with what was said. */
export const Thread = ({
  id,
  revision,
  me,
  other,
}: {
  readonly id: string;
  readonly revision: number;
  readonly me: Role;
  readonly other: Party;
}) => {
  const history = useHistory(id, revision);
  const zone = useZone();
  const now = useNow(60_000);
  const who = (role: Role): string => (role === me ? text.session.you : other.name);
  if (history.isError && !history.data)
    return (
      <LoadingFailed
        what={text.session.threadFailed}
        error={history.error}
        onRetry={() => history.refetch()}
      />
    );
  if (!history.data) return <p role="status">{text.loading}</p>;
  return (
    <ol role="list" className={styles.thread}>
      {history.data.map(({ revision: at, type, at: instant, data }) => {
        const facts = data as EventFacts;
        const isProposal = type === 'SessionRequested' || type === 'SessionAdjusted';
        const said = facts.note ?? facts.reason;
        return (
          <li key={at} data-type={type}>
            <p className={styles.title}>
              <strong>{titleOf(type, facts, who)}</strong>
              <time dateTime={instant}>{formatMoment(instant, zone, now)}</time>
            </p>
            {facts.slot && <SlotTimes slot={facts.slot} other={other} />}
            {isProposal && facts.respondBy !== undefined && (
              <p className={styles.until}>
                {text.session.answerUntil(formatMoment(facts.respondBy, zone, now))}
              </p>
            )}
            {said !== undefined && <p className={styles.said}>{text.session.said(said)}</p>}
          </li>
        );
      })}
    </ol>
  );
};
