import { choose, usePreferences } from '../settings/preferences.ts';
import { locale, text } from '../text/text.ts';
import { zonePlace } from '../time/format.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { NextIcon, PreviousIcon } from '../ui/icons.tsx';
import { listDays, listTitle, periodTitle, stepDays, stepNarrowWeek, stepPeriod } from './calendar-period.ts';
import styles from './calendar-toolbar.module.css';

export type View = 'month' | 'week' | 'list';

/** Which time is shown, and how. */
export const CalendarToolbar = ({
  view,
  date,
  today,
  zone,
  isNarrow,
  onView,
  onDate,
}: {
  readonly view: View;
  readonly date: string;
  readonly today: string;
  readonly zone: string;
  readonly isNarrow: boolean;
  readonly onView: (view: View) => void;
  readonly onDate: (date: string) => void;
}) => {
  const { showClosed } = usePreferences();
  const step = (direction: 1 | -1): void => {
    if (view === 'list') onDate(stepDays(date, direction * listDays));
    else if (view === 'week' && isNarrow) onDate(stepNarrowWeek(date, direction, locale));
    else onDate(stepPeriod(view, date, direction));
  };
  return (
    <div className={styles.toolbar}>
      <div className={styles.steps}>
        <Button onClick={() => onDate(today)}>{text.sessions.today}</Button>
        <IconButton label={text.sessions.previous[view]} onClick={() => step(-1)}>
          <PreviousIcon />
        </IconButton>
        <IconButton label={text.sessions.next[view]} onClick={() => step(1)}>
          <NextIcon />
        </IconButton>
      </div>
      <h2 className={styles.title} aria-live="polite">
        {view === 'list' ? listTitle(date, locale) : periodTitle(view, date, zone, locale)}
        <span className={styles.zone}>{text.shell.timeZone(zonePlace(zone))}</span>
      </h2>
      <label className={styles.closed}>
        <input
          type="checkbox"
          checked={showClosed}
          onChange={(event) => choose({ showClosed: event.target.checked })}
        />
        {text.sessions.showClosed}
      </label>
      <div className={styles.views} role="group" aria-label={text.sessions.views}>
        {(['month', 'week', 'list'] as const).map((other) => (
          <button key={other} type="button" aria-pressed={view === other} onClick={() => onView(other)}>
            {text.sessions[other]}
          </button>
        ))}
      </div>
    </div>
  );
};
