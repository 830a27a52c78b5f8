import { type RefObject, useCallback, useEffect, useState } from 'react';
import { text } from '../text/text.ts';
import { dayOf } from '../time/format.ts';
import styles from './calendar-canvas.module.css';
import type { CalendarItem } from './calendar-item.ts';
import { minutesOf } from './calendar-slots.ts';

const dayMinutes = 1_440;

/** The part of a week that scrolls: the first box around its lanes that may. */
const scrollerIn = (canvas: HTMLElement | null): HTMLElement | undefined => {
  let element = canvas?.querySelector<HTMLElement>(`.${styles['lane']}`);
  while (element && element !== canvas && element.style.overflowY !== 'auto') element = element.parentElement;
  return element && element !== canvas ? element : undefined;
};

/**
 * How many sessions lie before and after the hours in sight, and ways to them. What is closed does not count.
 * @param days the days on show, `YYYY-MM-DD`; none where nothing scrolls.
 */
export const useBeyond = (
  canvas: RefObject<HTMLElement | null>,
  sessions: readonly CalendarItem[],
  days: readonly string[],
  timeZone: string,
) => {
  const [seen, setSeen] = useState({ from: 0, to: dayMinutes });
  const look = useCallback((): void => {
    const scroller = scrollerIn(canvas.current);
    if (!scroller) return;
    const minutesPerPx = dayMinutes / scroller.scrollHeight;
    const from = Math.round(scroller.scrollTop * minutesPerPx);
    const to = from + Math.round(scroller.clientHeight * minutesPerPx);
    setSeen((before) => (before.from === from && before.to === to ? before : { from, to }));
  }, [canvas]);
  const dayCount = days.length;
  useEffect(() => {
    const scroller = scrollerIn(canvas.current);
    if (!scroller) return;
    const observer = new ResizeObserver(look);
    for (const element of [scroller, ...scroller.children]) observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [canvas, look, dayCount]);

  const spans = sessions
    .filter(({ status, startsAt }) => status !== 'closed' && days.includes(dayOf(startsAt, timeZone)))
    .map(({ startsAt, endsAt }) => {
      const from = minutesOf(startsAt, timeZone);
      const endsLater = dayOf(endsAt, timeZone) !== dayOf(startsAt, timeZone);
      return { from, to: endsLater ? dayMinutes : minutesOf(endsAt, timeZone) };
    });
  const earlier = spans.filter(({ to }) => to <= seen.from);
  const later = spans.filter(({ from }) => from >= seen.to);
  const show = (minute: number): void => {
    const scroller = scrollerIn(canvas.current);
    if (scroller) scroller.scrollTop = ((minute - 15) / dayMinutes) * scroller.scrollHeight;
  };
  // Whoever goes by keyboard or by ear comes to these sessions anyway: a button that goes away would only be in their way.
  const buttons = (
    <>
      {earlier.length > 0 && (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className={`${styles['beyond']} ${styles['earlier']}`}
          onClick={() => {
            show(Math.max(...earlier.map(({ from }) => from)));
          }}
        >
          {text.calendar.earlier(earlier.length)}
        </button>
      )}
      {later.length > 0 && (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className={`${styles['beyond']} ${styles['later']}`}
          onClick={() => {
            show(Math.min(...later.map(({ from }) => from)) - (seen.to - seen.from) / 2);
          }}
        >
          {text.calendar.later(later.length)}
        </button>
      )}
    </>
  );
  return { look, buttons };
};
