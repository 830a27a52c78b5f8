import type { QueryClient } from '@tanstack/react-query';
import { keys } from './known-states.ts';

/** Milliseconds between two requests for notifications, at least, however much happens. */
const pauseMs = 1_000;

const waiting = new WeakMap<QueryClient, { isDue: boolean }>();

/** Something happened that there is a notification of: asks for them, at once or as soon as the pause since the last time is over. */
export const refreshNotifications = (client: QueryClient): void => {
  const pause = waiting.get(client);
  if (pause) {
    pause.isDue = true;
    return;
  }
  const begun = { isDue: false };
  waiting.set(client, begun);
  void client.invalidateQueries({ queryKey: keys.notifications });
  setTimeout(() => {
    waiting.delete(client);
    if (begun.isDue) refreshNotifications(client);
  }, pauseMs);
};
