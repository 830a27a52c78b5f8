import { type KeyboardEvent, type TouchEvent, useRef } from 'react';
import { locale, text } from '../text/text.ts';
import { dayOf } from '../time/format.ts';
import { useIsNarrow } from '../ui/use-media.ts';
import { CalendarCanvas } from './calendar-canvas.tsx';
import chipStyles from './calendar-chip.module.css';
import { MonthOfDays, WeekOfDays } from './calendar-days.tsx';
import styles from './calendar-grid.module.css';
import type { CalendarGridProps } from './calendar-item.ts';
import { narrowWeek, periodTitle, stepNarrowWeek, stepPeriod } from './calendar-period.ts';

/** A finger that went this far sideways, this soon, and not up or down, has swiped. */
const swipe = { leastPx: 60, withinMs: 350 };

/**
 * Sessions in a month or a week. It shows what it is given and tells what somebody wants; it changes and fetches nothing.
 * Its height is `--calendar-height`, by default what the window leaves below `--calendar-above` (default 12rem).
 */
export const CalendarGrid = (props: CalendarGridProps) => {
  const { view, date, timeZone, now, sessions, onDateChange, onShowDay } = props;
  const isNarrow = useIsNarrow();
  const region = useRef<HTMLElement>(null);
  const touch = useRef<{ x: number; y: number; at: number }>(undefined);
  const today = dayOf(now, timeZone);
  const threeDays = narrowWeek(date, locale);

  const step = (direction: 1 | -1): void => {
    onDateChange(
      isNarrow && view === 'week'
        ? stepNarrowWeek(date, direction, locale)
        : stepPeriod(view, date, direction),
    );
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const chips = [
      ...(region.current?.querySelectorAll<HTMLElement>(`.${chipStyles['chip']}[tabindex]`) ?? []),
    ];
    const at = chips.findIndex((chip) => chip === event.target);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: -1,
    }[event.key];
    if (at >= 0 && to !== undefined) {
      chips.at(to === chips.length ? 0 : to)?.focus();
      event.preventDefault();
    } else if ((at >= 0 || event.target === region.current) && /^Page(Up|Down)$/.test(event.key)) {
      // The sessions of the other period are others: the way on begins at the calendar itself.
      region.current?.focus();
      step(event.key === 'PageDown' ? 1 : -1);
      event.preventDefault();
    }
  };

  const onTouchStart = ({ touches, timeStamp }: TouchEvent): void => {
    const finger = touches[0];
    touch.current =
      finger && touches.length === 1 ? { x: finger.clientX, y: finger.clientY, at: timeStamp } : undefined;
  };
  const onTouchEnd = ({ changedTouches, timeStamp }: TouchEvent): void => {
    const [from, to] = [touch.current, changedTouches[0]];
    touch.current = undefined;
    if (!from || !to || timeStamp - from.at > swipe.withinMs) return;
    const x = to.clientX - from.x;
    if (Math.abs(x) >= swipe.leastPx && Math.abs(x) > 2 * Math.abs(to.clientY - from.y)) step(x < 0 ? 1 : -1);
  };

  const days = { date, today, timeZone, sessions };
  return (
    // Keys and swipes are short ways to what the page's buttons do.
    <section
      ref={region}
      tabIndex={-1}
      className={isNarrow && view === 'month' ? styles['month'] : styles['grid']}
      aria-label={text.calendar.label(periodTitle(view, date, timeZone, locale))}
      onKeyDown={onKeyDown}
      onTouchStart={onTouchStart}
      onTouchEnd={onTouchEnd}
    >
      {isNarrow && view === 'month' ? (
        <MonthOfDays {...days} onChoose={onShowDay} />
      ) : (
        <>
          {isNarrow && <WeekOfDays {...days} shown={threeDays} onChoose={onDateChange} />}
          <div className={styles['canvas']}>
            <CalendarCanvas
              {...props}
              view={isNarrow ? 'threeDays' : view}
              date={isNarrow ? (threeDays[0] ?? date) : date}
            />
          </div>
        </>
      )}
    </section>
  );
};
