import { useEffect, useMemo } from 'react';
import { useCalendar, useMe } from '../api/queries.ts';
import { CalendarGrid, Chunk, loadAhead } from '../chunks.tsx';
import { useGo, useOpenDialog, useParameter } from '../navigation.ts';
import { choose, usePreferences } from '../settings/preferences.ts';
import { locale, text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { dayOf } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { LoadingFailed } from '../ui/fault.tsx';
import { useIsNarrow } from '../ui/use-media.ts';
import { Agenda } from './agenda.tsx';
import { calendarItems } from './calendar-items.ts';
import { CalendarToolbar, type View } from './calendar-toolbar.tsx';
import { isDay, listDays, listRange, stepDays, visibleRange } from './calendar-period.ts';
import { statusOf } from './status.ts';
import styles from './calendar.module.css';

const views: readonly string[] = ['month', 'week', 'list'] satisfies View[];
const isView = (value: string | undefined): value is View => value !== undefined && views.includes(value);

/** My sessions as a month, a week or a list, as chosen last; at first on phones a list, elsewhere a week. */
export const Calendar = () => {
  const zone = useZone();
  const now = useNow(60_000);
  const isNarrow = useIsNarrow();
  const asked = useParameter('view');
  const today = dayOf(now, zone);
  const date = useDate() ?? today;
  const { showClosed, view: usual } = usePreferences();
  const view = isView(asked) ? asked : isView(usual) ? usual : isNarrow ? 'list' : 'week';
  const { from, to } = view === 'list' ? listRange(date, zone) : visibleRange(view, date, zone, locale);
  const sessions = useCalendar(from, to);
  const me = useMe().data;
  const go = useGo();
  const openDialog = useOpenDialog();
  const shown = useMemo(
    () => sessions.data?.filter((session) => showClosed || statusOf(session) !== 'closed'),
    [sessions.data, showClosed],
  );
  const isUsable = shown !== undefined && me !== undefined;
  useEffect(() => {
    if (!isUsable) return;
    document.body.dataset['usable'] = '';
    loadAhead();
  }, [isUsable]);

  const open = (id: string): void => openDialog({ session: id });
  const showDate = (next: string): void => go({ date: next === today ? undefined : next });
  const showDay = (day: string): void => go({ date: day, view: isNarrow ? 'list' : 'week' });
  return (
    <section className={styles.calendar} aria-label={text.sessions.calendar}>
      <CalendarToolbar
        view={view}
        date={date}
        today={today}
        zone={zone}
        isNarrow={isNarrow}
        onView={(next) => {
          choose({ view: next });
          go({ view: next }, { replace: true });
        }}
        onDate={showDate}
      />
      {sessions.isError && !shown ? (
        <LoadingFailed
          what={text.sessions.failed}
          error={sessions.error}
          onRetry={() => sessions.refetch()}
        />
      ) : view === 'list' ? (
        <Agenda
          sessions={shown}
          range={{ from, to }}
          isStale={sessions.isPlaceholderData}
          onOpen={open}
          onRequest={() => openDialog({ request: 'new' })}
          onLater={() => {
            showDate(stepDays(date, listDays));
            // On from the head of what is shown then.
            document.getElementById('content')?.focus({ preventScroll: true });
            scrollTo(0, 0);
          }}
        />
      ) : (
        <Chunk fallback={<div className={styles.place} role="status" aria-label={text.loading} />}>
          <CalendarGrid
            view={view}
            date={date}
            timeZone={zone}
            now={now}
            sessions={me && shown ? calendarItems(shown, me, zone, now) : []}
            onOpen={open}
            onDateChange={(next) => go({ date: next }, { replace: true })}
            onShowDay={showDay}
            onSelectSlot={({ startsAt, endsAt }) =>
              openDialog({ request: 'new', from: startsAt, to: endsAt })
            }
            onMove={(id, { startsAt, endsAt }) => openDialog({ adjust: id, from: startsAt, to: endsAt })}
          />
        </Chunk>
      )}
    </section>
  );
};

/** The day in the address; undefined where it names none. */
const useDate = (): string | undefined => {
  const date = useParameter('date');
  return date !== undefined && isDay(date) ? date : undefined;
};
