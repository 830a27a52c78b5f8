import { text } from '../text/text.ts';
import { formatTheirs, formatTime } from '../time/format.ts';
import { StatusIcon } from '../ui/status-mark.tsx';
import styles from './calendar-chip.module.css';
import type { CalendarItem } from './calendar-item.ts';

/** The classes of what surrounds a chip: status by line and fill before colour. */
export const chipClass = ({ status, kind }: CalendarItem): string =>
  [styles['chip'], styles[status], status === 'adjusting' && kind === 'proposed' && styles['ghost']]
    .filter(Boolean)
    .join(' ');

/** What stands in a chip: one line in a month; in a week as many as there is room for. The names are the container's. */
export const CalendarChip = ({
  item,
  timeZone,
  inMonth,
}: {
  readonly item: CalendarItem;
  readonly timeZone: string;
  readonly inMonth: boolean;
}) => {
  const word =
    item.status === 'adjusting' && item.kind === 'proposed'
      ? text.calendar.proposedHere
      : text.status[item.status];
  const theirs = formatTheirs(item, timeZone, item.otherTimeZone, Date.parse(item.startsAt));
  return (
    <>
      <span className="visually-hidden">{item.label}</span>
      <span className={inMonth ? styles['line'] : styles['block']} title={item.label} aria-hidden="true">
        <span className={styles['head']}>
          <span className={styles['icon']}>
            <StatusIcon status={item.status} size={13} />
          </span>
          <span className={styles['name']}>{item.otherName}</span>
          {item.awaitsMe && <span className={styles['mark']}>!</span>}
        </span>
        <span className={styles['foot']}>
          <span className={styles['when']}>
            <span className={styles['time']}>
              {formatTime(item.startsAt, timeZone)}
              {!inMonth && <span className={styles['end']}> – {formatTime(item.endsAt, timeZone)}</span>}
            </span>
            {!inMonth && <span className={styles['word']}>{word}</span>}
          </span>
          {!inMonth && theirs !== undefined && <span className={styles['theirs']}>{theirs}</span>}
        </span>
      </span>
    </>
  );
};
