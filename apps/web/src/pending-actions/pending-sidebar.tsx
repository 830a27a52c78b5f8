import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { keys } from '../api/known-states.ts';
import { usePending } from '../api/queries.ts';
import { useGo } from '../navigation.ts';
import { answerableUntil } from '../sessions/parties.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { LoadingFailed } from '../ui/fault.tsx';
import { CheckIcon, CloseIcon } from '../ui/icons.tsx';
import { useKeptFocus } from '../ui/use-kept-focus.ts';
import { useMedia } from '../ui/use-media.ts';
import { pendingButtonId, sidebarId } from './pending-button.tsx';
import { PendingItem } from './pending-item.tsx';
import styles from './pending-sidebar.module.css';

/** Up to this width the sidebar lies over the page. */
const narrow = '(max-width: 1000px)';

/** What awaits my answer, soonest deadline first, to be answered in place. */
export const PendingSidebar = () => {
  const pending = usePending();
  const now = useNow(1_000);
  const go = useGo();
  const heading = useRef<HTMLHeadingElement>(null);
  const place = useKeptFocus();
  const isNarrow = useMedia(narrow);

  useEffect(() => {
    heading.current?.focus();
    return () => {
      if (document.activeElement === document.body) document.getElementById(pendingButtonId)?.focus();
    };
  }, []);
  // What lies under the sidebar cannot be reached while it does.
  useEffect(() => {
    if (!isNarrow) return undefined;
    const page = document.getElementById('content');
    page?.setAttribute('inert', '');
    return () => page?.removeAttribute('inert');
  }, [isNarrow]);

  const close = (): void => go({ pending: undefined }, { replace: true });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) close();
  };
  // Who is late sees it go at once; the recorded cancellation follows.
  const items = pending.data?.filter((session) => Date.parse(answerableUntil(session)) > now);
  const late = (pending.data?.length ?? 0) - (items?.length ?? 0);
  const client = useQueryClient();
  useEffect(() => {
    // They are still counted.
    if (late > 0) void client.invalidateQueries({ queryKey: keys.me });
  }, [client, late]);

  return (
    <aside
      ref={place}
      className={styles.sidebar}
      id={sidebarId}
      tabIndex={-1}
      aria-label={text.pending.title}
      onKeyDown={onKeyDown}
    >
      <div className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {text.pending.title}
        </h2>
        <IconButton label={text.pending.close} onClick={close}>
          <CloseIcon />
        </IconButton>
      </div>
      {pending.isError && !items ? (
        <LoadingFailed what={text.pending.failed} error={pending.error} onRetry={() => pending.refetch()} />
      ) : items === undefined ? (
        <p className={styles.loading} role="status">
          {text.loading}
        </p>
      ) : items.length === 0 ? (
        <EmptyState icon={<CheckIcon size={28} />} title={text.pending.empty} lead={text.pending.emptyLead} />
      ) : (
        <ul role="list" className={styles.items}>
          {items.map((session) => (
            <PendingItem key={session.id} session={session} onDone={() => heading.current?.focus()} />
          ))}
        </ul>
      )}
    </aside>
  );
};
