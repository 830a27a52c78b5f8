import '@fullcalendar/react/skeleton.css';
import FullCalendar, {
  type CalendarOptions,
  type CalendarRef,
  type EventDisplayInfo,
} from '@fullcalendar/react';
import dayGrid from '@fullcalendar/react/daygrid';
import interaction from '@fullcalendar/react/interaction';
import timeGrid from '@fullcalendar/react/timegrid';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { locale, text } from '../text/text.ts';
import { dayOf, type Slot } from '../time/format.ts';
import styles from './calendar-canvas.module.css';
import { useBeyond } from './calendar-beyond.tsx';
import { CalendarChip, chipClass } from './calendar-chip.tsx';
import chipStyles from './calendar-chip.module.css';
import { createCalendarClock } from './calendar-clock.ts';
import type { CalendarGridProps, CalendarItem } from './calendar-item.ts';
import { stepDays, visibleWeeks } from './calendar-period.ts';
import { firstHour, slotOnDay } from './calendar-slots.ts';

const views = {
  month: 'dayGridMonth',
  week: 'timeGridWeek',
  threeDays: 'threeDays',
} as const;

interface CanvasProps extends Omit<CalendarGridProps, 'view' | 'onDateChange'> {
  readonly view: keyof typeof views;
}

const itemOf = (event: { extendedProps: Record<string, unknown> }): CalendarItem =>
  event.extendedProps['item'] as CalendarItem;

const slotOf = (range: { start: Date | null; end: Date | null }): Slot | undefined =>
  range.start && range.end
    ? { startsAt: range.start.toISOString(), endsAt: range.end.toISOString() }
    : undefined;

/** In a day of a month, where only some may be seen: what awaits me first, what is closed last, each by its start. */
const byUrgency = (one: unknown, other: unknown): number => {
  const [a, b] = [one, other] as { start: number; item: CalendarItem }[];
  return a && b ? urgency(a.item) - urgency(b.item) || a.start - b.start : 0;
};

const urgency = ({ awaitsMe, status }: CalendarItem): number => (awaitsMe ? 0 : status === 'closed' ? 2 : 1);

/** The fixed part of the options; functions of the view are told by FullCalendar which one it is. */
const fixed = {
  headerToolbar: false,
  height: '100%',
  allDaySlot: false,
  expandRows: true,
  fixedWeekCount: false,
  nowIndicator: true,
  nowIndicatorSnap: false,
  slotDuration: '00:30',
  snapDuration: '00:15',
  slotMinHeight: 24,
  eventMinHeight: 24,
  slotEventOverlap: false,
  // What ends in the small hours belongs to the evening before.
  nextDayThreshold: '05:00',
  eventDisplay: 'block',
  eventInteractive: true,
  eventResizableFromStart: true,
  dayMaxEvents: true,
  navLinks: true,
  longPressDelay: 400,
  selectMinDistance: 8,
  dragRevertDuration: 0,
  views: {
    threeDays: { type: 'timeGrid', duration: { days: 3 } },
    dayGridMonth: { eventOrder: byUrgency },
  },
  slotHeaderFormat: { hour: 'numeric', minute: '2-digit' },
  navLinkHint: (day: string) => text.calendar.showDay(day),
  moreLinkText: (count: number) => text.calendar.more(count),
  moreLinkHint: (count: number) => text.calendar.moreHint(count),
  closeHint: text.calendar.close,

  className: styles['calendar'],
  tableHeaderClass: styles['header'],
  dayHeaderAlign: (info: { inPopover: boolean }) => (info.inPopover ? 'start' : 'center'),
  dayHeaderInnerClass: styles['dayHead'],
  dayHeaderDividerClass: styles['divider'],
  // The link's name is the date, without the weekday: what is read out has to contain what is seen, so the style adds that.
  dayHeaderContent: (info) =>
    info.inPopover || !info.hasNavLink ? (
      info.text
    ) : (
      <span
        className={info.isToday ? `${styles['number']} ${styles['today']}` : styles['number']}
        data-weekday={info.weekdayText}
      >
        {info.dayNumberText}
      </span>
    ),
  navLinkClass: styles['dayLink'],
  dayRowClass: styles['row'],
  dayCellClass: (info) =>
    [styles['cell'], info.isOther && styles['other'], isWeekend(info.dow) && styles['weekend']]
      .filter(Boolean)
      .join(' '),
  dayCellTopClass: styles['cellTop'],
  dayCellTopInnerClass: (info) =>
    info.isToday ? `${styles['cellNumber']} ${styles['today']}` : styles['cellNumber'],
  dayCellInnerClass: (info) => (info.inPopover ? styles['popoverBody'] : undefined),
  dayLaneClass: (info) =>
    [styles['lane'], isWeekend(info.dow) && styles['weekend'], info.isToday && styles['laneToday']]
      .filter(Boolean)
      .join(' '),
  dayLaneInnerClass: styles['laneInner'],
  slotLaneClass: (info) => (info.isMinor ? `${styles['slot']} ${styles['minor']}` : styles['slot']),
  slotHeaderClass: styles['slotHead'],
  slotHeaderInnerClass: styles['slotHeadInner'],
  slotHeaderDividerClass: styles['axis'],
  nowIndicatorLineClass: styles['nowLine'],
  nowIndicatorDotClass: styles['nowDot'],
  highlightClass: styles['highlight'],
  moreLinkClass: styles['more'],
  popoverClass: styles['popover'],
  popoverCloseClass: styles['popoverClose'],
  popoverCloseContent: () => <span aria-hidden="true">×</span>,

  eventClass: (info) =>
    [
      chipClass(itemOf(info.event)),
      info.isDragging || info.isMirror ? styles['dragged'] : '',
      info.isSelected ? styles['held'] : '',
    ].join(' '),
  columnEventClass: styles['column'],
  columnEventInnerClass: chipStyles['body'],
  columnEventBeforeClass: (info) => (info.isStartResizable ? styles['resizeStart'] : undefined),
  columnEventAfterClass: (info) => (info.isEndResizable ? styles['resizeEnd'] : undefined),
  rowEventClass: styles['inRow'],
  rowEventInnerClass: styles['rowInner'],
} satisfies CalendarOptions;

/** The days on show. */
const daysOn = (view: keyof typeof views, date: string): string[] =>
  view === 'threeDays'
    ? [0, 1, 2].map((day) => stepDays(date, day))
    : visibleWeeks(view, date, locale).flat();

const isWeekend = (dow: number): boolean => dow === 0 || dow === 6;

/** Frames after which FullCalendar has measured itself and scrolled to the hour, at first. */
const settlingFrames = 3;

/** Whether what is shown stays where it is from now on. */
const useSettled = (): boolean => {
  const [frames, setFrames] = useState(0);
  useEffect(() => {
    if (frames === settlingFrames) return undefined;
    const frame = requestAnimationFrame(() => setFrames(frames + 1));
    return () => cancelAnimationFrame(frame);
  }, [frames]);
  return frames === settlingFrames;
};

/** The month and the week of a wide screen, and three days for a narrow one, by FullCalendar. */
export const CalendarCanvas = ({
  view,
  date,
  timeZone,
  now,
  sessions,
  onOpen,
  onShowDay,
  onSelectSlot,
  onMove,
}: CanvasProps) => {
  const calendar = useRef<CalendarRef>(null);
  const [clock] = useState(() => createCalendarClock(now));
  const minute = Math.floor(now / 60_000) * 60_000;
  useEffect(() => {
    clock.set(minute);
  }, [clock, minute]);

  const events = useMemo(
    () =>
      sessions.map((item) => ({
        id: `${item.id} ${item.kind}`,
        title: item.label,
        start: item.startsAt,
        end: item.endsAt,
        startEditable: item.movable,
        durationEditable: item.movable && view !== 'month',
        extendedProps: { item },
      })),
    [sessions, view],
  );

  // The hour at the top is chosen when a period is opened: what arrives later must not move what somebody reads.
  const [opened, setOpened] = useState({ period: '', scrollTime: { minutes: 0 } });
  const period = `${view} ${date} ${timeZone}`;
  if (opened.period !== period)
    setOpened({
      period,
      // A little above the hour, where its name stands.
      scrollTime: { minutes: Math.max(0, firstHour(sessions, daysOn(view, date), timeZone, now) * 60 - 15) },
    });

  useLayoutEffect(() => {
    const api = calendar.current?.getApi();
    if (!api) return;
    if (api.view.type !== views[view]) api.changeView(views[view], date);
    else api.gotoDate(date);
  }, [view, date]);

  const isSettled = useSettled();
  const canvas = useRef<HTMLDivElement>(null);
  const { look, buttons } = useBeyond(canvas, sessions, view === 'month' ? [] : daysOn(view, date), timeZone);

  // A week without sessions has nothing to focus in the part that scrolls, so its first day takes the keys that scroll it.
  useEffect(() => {
    const lane = canvas.current?.querySelector<HTMLElement>(`.${styles['lane']}`);
    if (!lane) return;
    if (canvas.current?.querySelector(`.${styles['lane']} [role="button"]`)) lane.removeAttribute('tabindex');
    else lane.tabIndex = 0;
  }, [view, date, events]);

  const firstDay = useMemo(
    () => new Date(visibleWeeks('week', date, locale)[0]?.[0] ?? date).getUTCDay(),
    [date],
  );

  const moved = (info: {
    event: { start: Date | null; end: Date | null; extendedProps: Record<string, unknown> };
    revert(): void;
  }): void => {
    const slot = slotOf(info.event);
    info.revert();
    if (slot) onMove(itemOf(info.event).id, slot);
  };

  return (
    <div ref={canvas} className={styles['canvas']} data-settled={isSettled} onScrollCapture={look}>
      <FullCalendar
        {...fixed}
        ref={calendar}
        plugins={[dayGrid, timeGrid, interaction, clock.plugin]}
        now={clock.now}
        initialView={views[view]}
        initialDate={date}
        locale={locale}
        firstDay={firstDay}
        timeZone={timeZone}
        scrollTime={opened.scrollTime}
        events={events}
        selectable={view !== 'month'}
        eventContent={(info: EventDisplayInfo) => (
          <CalendarChip
            item={info.isMirror ? { ...itemOf(info.event), ...slotOf(info.event) } : itemOf(info.event)}
            timeZone={timeZone}
            inMonth={info.view.type === views.month}
          />
        )}
        eventClick={(info) => {
          onOpen(itemOf(info.event).id);
        }}
        navLinkDayClick={(day) => {
          onShowDay(dayOf(day.getTime(), timeZone));
        }}
        selectAllow={(span) => span.start.getTime() > now}
        eventAllow={(span) => span.start.getTime() > now}
        select={(info) => {
          const slot = slotOf(info);
          calendar.current?.getApi().unselect();
          if (slot) onSelectSlot(slot);
        }}
        dateClick={(info) => {
          const slot = slotOnDay(info.date.getTime(), info.allDay, timeZone, now);
          if (slot) onSelectSlot(slot);
        }}
        eventDrop={moved}
        eventResize={moved}
        popoverFormat={{ weekday: 'long', day: 'numeric', month: 'long' }}
        dayHeaderFormat={view === 'month' ? { weekday: 'short' } : { weekday: 'short', day: 'numeric' }}
      />
      {buttons}
    </div>
  );
};
