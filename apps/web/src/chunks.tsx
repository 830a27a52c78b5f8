import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { text } from './text/text.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';

/*
 * What the first view does without: each loads when it is first shown, or before, as soon as the browser is idle, so that it
 * is there when somebody wants it.
 */

const loads: (() => Promise<unknown>)[] = [];

const chunk = <Props extends object>(load: () => Promise<ComponentType<Props>>) => {
  loads.push(load);
  return lazy(async () => ({ default: await load() }));
};

export const CalendarGrid = chunk(async () => (await import('./sessions/calendar-grid.tsx')).CalendarGrid);
export const SessionDialog = chunk(async () => (await import('./sessions/session-dialog.tsx')).SessionDialog);
export const RequestDialog = chunk(async () => (await import('./slot/request-dialog.tsx')).RequestDialog);
export const AdjustDialog = chunk(async () => (await import('./slot/adjust-dialog.tsx')).AdjustDialog);
export const NotificationsPage = chunk(
  async () => (await import('./notifications/notifications-page.tsx')).NotificationsPage,
);
export const SettingsPage = chunk(async () => (await import('./settings/settings-page.tsx')).SettingsPage);

/** Loads everything that is not there yet, when the browser has nothing else to do. Failing, it is loaded when it is shown. */
export const loadAhead = (): void => {
  const whenIdle = 'requestIdleCallback' in window ? requestIdleCallback : setTimeout;
  whenIdle(() => {
    for (const load of loads) void load().catch(() => undefined);
  });
};

/** A place for something that may have to be loaded first, or may fail to. @param fallback default: a line of text. */
export const Chunk = ({
  children,
  fallback = <p role="status">{text.loading}</p>,
}: {
  readonly children: ReactNode;
  readonly fallback?: ReactNode;
}) => (
  <ErrorBoundary>
    <Suspense fallback={fallback}>{children}</Suspense>
  </ErrorBoundary>
);
