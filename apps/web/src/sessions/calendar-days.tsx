import { locale, text } from '../text/text.ts';
import { dayOf } from '../time/format.ts';
import { StatusIcon } from '../ui/status-mark.tsx';
import styles from './calendar-days.module.css';
import type { CalendarItem } from './calendar-item.ts';
import { isSameMonth, visibleWeeks } from './calendar-period.ts';

interface DaysProps {
  readonly date: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly timeZone: string;
  readonly sessions: readonly CalendarItem[];
  readonly onChoose: (day: string) => void;
}

const format = (day: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(new Date(day));

/** The sessions by the day they start on; what awaits me first, what is closed last. One that moves within a day is there once. */
const byDay = (sessions: readonly CalendarItem[], timeZone: string): Map<string, CalendarItem[]> => {
  const days = new Map<string, CalendarItem[]>();
  for (const session of sessions) {
    const day = dayOf(session.startsAt, timeZone);
    const found = days.get(day);
    if (!found) days.set(day, [session]);
    else if (!found.some(({ id }) => id === session.id)) found.push(session);
  }
  for (const found of days.values()) found.sort((a, b) => rank(a) - rank(b));
  return days;
};

const rank = ({ awaitsMe, status }: CalendarItem): number => (awaitsMe ? 0 : status === 'closed' ? 2 : 1);

const Day = ({
  day,
  today,
  sessions,
  pressed,
  onChoose,
  children,
}: {
  readonly day: string;
  readonly today: string;
  readonly sessions: readonly CalendarItem[];
  readonly pressed?: boolean;
  readonly onChoose: (day: string) => void;
  readonly children?: React.ReactNode;
}) => {
  const room = 3;
  const shown = sessions.length > room ? sessions.slice(0, room - 1) : sessions;
  const awaiting = sessions.filter(({ awaitsMe }) => awaitsMe).length;
  return (
    <button
      type="button"
      className={styles['day']}
      aria-current={day === today ? 'date' : undefined}
      aria-pressed={pressed}
      onClick={() => {
        onChoose(day);
      }}
    >
      <span className="visually-hidden">
        {text.calendar.day(
          format(day, { weekday: 'long', day: 'numeric', month: 'long' }),
          sessions.length,
          awaiting,
        )}
      </span>
      {children}
      <span className={styles['number']} aria-hidden="true">
        {Number(day.slice(8))}
        {awaiting > 0 && <span className={styles['mark']}>!</span>}
      </span>
      <span className={styles['dots']} aria-hidden="true">
        {shown.map((session) => (
          <span
            key={`${session.id} ${session.kind}`}
            className={`${styles['dot']} ${styles[session.status]}`}
          >
            <StatusIcon status={session.status} />
          </span>
        ))}
        {shown.length < sessions.length && (
          <span className={styles['rest']}>+{sessions.length - shown.length}</span>
        )}
      </span>
    </button>
  );
};

/** A month for a narrow screen: each day a button, its sessions small marks of their status. */
export const MonthOfDays = ({ date, today, timeZone, sessions, onChoose }: DaysProps) => {
  const days = byDay(sessions, timeZone);
  const weeks = visibleWeeks('month', date, locale);
  return (
    <table className={styles['month']}>
      <thead>
        <tr>
          {(weeks[0] ?? []).map((day) => (
            <th key={day} scope="col">
              <span className="visually-hidden">{format(day, { weekday: 'long' })}</span>
              <span aria-hidden="true">{format(day, { weekday: 'narrow' })}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <td key={day} className={isSameMonth(day, date) ? undefined : styles['other']}>
                <Day day={day} today={today} sessions={days.get(day) ?? []} onChoose={onChoose} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** The days of a week for a narrow screen, to choose which of them are shown below. */
export const WeekOfDays = ({
  date,
  today,
  timeZone,
  sessions,
  shown,
  onChoose,
}: DaysProps & { readonly shown: readonly string[] }) => {
  const days = byDay(sessions, timeZone);
  return (
    <div role="group" aria-label={text.calendar.days} className={styles['week']}>
      {visibleWeeks('week', date, locale)
        .flat()
        .map((day) => (
          <Day
            key={day}
            day={day}
            today={today}
            sessions={days.get(day) ?? []}
            pressed={shown.includes(day)}
            onChoose={onChoose}
          >
            <span className={styles['letter']} aria-hidden="true">
              {format(day, { weekday: 'narrow' })}
            </span>
          </Day>
        ))}
    </div>
  );
};
