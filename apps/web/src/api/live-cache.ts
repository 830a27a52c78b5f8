import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { setClock } from '../time/clock.ts';
import type { LiveChange, SessionRequest } from './client.ts';
import { keys, shownState, tellPendingCount, tellState } from './known-states.ts';
import { listen, type LiveState } from './live.ts';
import { refreshNotifications } from './notifications-refresh.ts';

/** Milliseconds that a connection may be away before somebody is told: the server ends and takes up connections of its own accord. */
const patienceMs = 4_000;

/**
 * Feeds the query cache with the live stream of this participant.
 * @param onChange is told of each change, with the state before it where that is known.
 * @returns what to tell of the connection.
 */
export const useLiveCache = (
  participantId: string,
  onChange: (change: LiveChange, was: SessionRequest | undefined) => void,
): { readonly isLost: boolean } => {
  const client = useQueryClient();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const askWhoIAm = (): void => void client.invalidateQueries({ queryKey: keys.me });
    let lost: ReturnType<typeof setTimeout> | undefined = setTimeout(setLost, patienceMs, true);
    let isCounted = false;
    const heard = (state: LiveState): void => {
      if (state === 'live') {
        clearTimeout(lost);
        lost = undefined;
        setLost(false);
        // The connection of another tab stood already: what came before this tab listened is not in its count.
        if (!isCounted) askWhoIAm();
        isCounted = true;
      } else lost ??= setTimeout(setLost, patienceMs, true);
    };
    const stop = listen(participantId, {
      ready: ({ now, pendingActions, resumed }, heardAt) => {
        isCounted = true;
        setClock(now, heardAt);
        tellPendingCount(client, pendingActions);
        if (!resumed) void refetchAll(client);
      },
      changed: (change, heardAt) => {
        const { current, pendingActions } = change;
        // The cookie is somebody else's by now.
        if (current.coach.id !== participantId && current.client.id !== participantId) {
          askWhoIAm();
          return;
        }
        const was = shownState(client, change.id);
        setClock(change.now, heardAt);
        tellState(client, current);
        tellPendingCount(client, pendingActions);
        refreshNotifications(client);
        onChange(change, was);
      },
      state: heard,
      refused: askWhoIAm,
    });
    return () => {
      stop();
      clearTimeout(lost);
    };
  }, [client, onChange, participantId]);
  return { isLost };
};

/**
 * Asks anew for all that was asked for before the connection stood, or was being asked for: it may not know of changes that
 * were too early for the connection. What is shown stays until the answers are there.
 */
const refetchAll = async (client: QueryClient): Promise<void> => {
  const underWay = client.getQueryCache().findAll({ fetchStatus: 'fetching' });
  await Promise.allSettled(underWay.flatMap(({ promise }) => promise ?? []));
  await client.invalidateQueries();
};
