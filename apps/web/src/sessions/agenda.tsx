import { Fragment } from 'react';
import type { Me, SessionRequest } from '../api/client.ts';
import { useMe } from '../api/queries.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { dayOf, formatLongDay, formatSlot, formatTheirs, formatTimes } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { StatusMark } from '../ui/status-mark.tsx';
import { sessionLabel, waitsFor } from './calendar-items.ts';
import { awaitsMe, otherParty } from './parties.ts';
import { statusOf, statusWord } from './status.ts';
import styles from './agenda.module.css';

/** Sessions one below the other, by day. @param sessions undefined while they are loading. */
export const Agenda = ({
  sessions,
  range,
  isStale,
  onOpen,
  onRequest,
  onLater,
}: {
  readonly sessions: readonly SessionRequest[] | undefined;
  readonly range: { readonly from: string; readonly to: string };
  readonly isStale: boolean;
  readonly onOpen: (id: string) => void;
  readonly onRequest: () => void;
  /** The days after these are wanted. */
  readonly onLater: () => void;
}) => {
  const zone = useZone();
  const now = useNow(60_000);
  const me = useMe().data;
  if (!sessions || !me) return <AgendaPlace />;
  const inRange = sessions.filter(({ slot }) => slot.startsAt < range.to && slot.endsAt > range.from);
  const end = formatLongDay(Date.parse(range.to) - 1, zone);
  if (inRange.length === 0)
    return (
      <EmptyState title={text.sessions.empty(end)} lead={text.sessions.emptyLead}>
        <Button onClick={onRequest}>{text.sessions.request}</Button>
        <Button kind="quiet" onClick={onLater}>
          {text.sessions.showLater}
        </Button>
      </EmptyState>
    );
  const today = dayOf(now, zone);
  const byDay = Map.groupBy(inRange, ({ slot }) => dayOf(slot.startsAt, zone));
  return (
    <div className={styles.agenda} aria-busy={isStale}>
      {[...byDay].map(([day, ofDay]) => (
        <Fragment key={day}>
          <h3 className={styles.day} data-today={day === today}>
            {formatLongDay(ofDay[0]?.slot.startsAt ?? day, zone)}
            {day === today && <span>{text.sessions.todayMark}</span>}
          </h3>
          <ul role="list" className={styles.items}>
            {ofDay.map((session) => (
              <Item key={session.id} session={session} me={me} zone={zone} now={now} onOpen={onOpen} />
            ))}
          </ul>
        </Fragment>
      ))}
      <div className={styles.end}>
        <p>{text.sessions.noMore(end)}</p>
        <Button kind="quiet" onClick={onLater}>
          {text.sessions.showLater}
        </Button>
      </div>
    </div>
  );
};

const Item = ({
  session,
  me,
  zone,
  now,
  onOpen,
}: {
  readonly session: SessionRequest;
  readonly me: Me;
  readonly zone: string;
  readonly now: number;
  readonly onOpen: (id: string) => void;
}) => {
  const { id, slot, agreed, proposal } = session;
  const other = otherParty(session, me);
  const status = statusOf(session);
  const waits = waitsFor(session, me, other.name);
  const theirs = formatTheirs(slot, zone, other.timeZone, now);
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        data-status={status}
        data-awaits-me={awaitsMe(session)}
        onClick={() => onOpen(id)}
      >
        <span className="visually-hidden">{sessionLabel(session, me, slot, zone, now)}</span>
        <span className={styles.time} aria-hidden="true">
          {formatTimes(slot, zone)}
          {theirs !== undefined && <small>{theirs}</small>}
        </span>
        <span className={styles.what} aria-hidden="true">
          <strong>{other.name}</strong>
          {agreed && proposal && <small>{text.sessions.proposedFor(formatSlot(proposal, zone, now))}</small>}
          {waits !== undefined && <small className={styles.waits}>{waits}</small>}
        </span>
        <span aria-hidden="true">
          <StatusMark status={status} word={statusWord(session)} />
        </span>
      </button>
    </li>
  );
};

const AgendaPlace = () => (
  <div className={styles.agenda} role="status" aria-label={text.loading}>
    {[0, 1, 2, 3].map((row) => (
      <div key={row} className={styles.place} />
    ))}
  </div>
);
