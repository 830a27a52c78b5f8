import type { Me, Notification } from '../api/client.ts';
import { adviceOn } from '../api/problem.ts';
import { useMarkRead, useMe, useNotifications } from '../api/queries.ts';
import { useOpenDialog } from '../navigation.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { formatDistance, formatMoment } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Fault, LoadingFailed } from '../ui/fault.tsx';
import { useKeptFocus } from '../ui/use-kept-focus.ts';
import { notificationMessage } from './message.ts';
import styles from './notifications-page.module.css';

/** What happened, unread first, newest first. */
export const NotificationsPage = () => {
  const place = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={place} tabIndex={-1}>
      <Notifications />
    </div>
  );
};

const Notifications = () => {
  const notifications = useNotifications();
  const markRead = useMarkRead();
  const me = useMe().data;
  const items = notifications.data?.pages.flatMap((page) => page.items);
  if (notifications.isError && !items)
    return (
      <LoadingFailed
        what={text.notifications.failed}
        error={notifications.error}
        onRetry={() => notifications.refetch()}
      />
    );
  if (!items || !me) return <p role="status">{text.loading}</p>;
  if (items.length === 0)
    return <EmptyState title={text.notifications.empty} lead={text.notifications.emptyLead} />;
  const unread = items.filter(({ read }) => !read);
  const newest = unread[0];
  return (
    <section className={styles.page} aria-label={text.notifications.title}>
      {newest && (
        <div className={styles.group}>
          <div className={styles.head}>
            <h2>{text.notifications.unread}</h2>
            <Button
              kind="quiet"
              working={markRead.isPending && text.working}
              onClick={() =>
                markRead.mutate(newest.id, { onSuccess: () => announce(text.notifications.allRead) })
              }
            >
              {text.notifications.markAllRead}
            </Button>
          </div>
          {markRead.isError && <Fault>{adviceOn(markRead.error)}</Fault>}
          <List items={unread} me={me} />
        </div>
      )}
      {unread.length < items.length && (
        <div className={styles.group}>
          <div className={styles.head}>
            <h2>{text.notifications.earlier}</h2>
          </div>
          <List items={items.filter(({ read }) => read)} me={me} />
        </div>
      )}
      {notifications.isFetchNextPageError && <Fault>{adviceOn(notifications.error)}</Fault>}
      {notifications.hasNextPage && (
        <Button
          working={notifications.isFetchingNextPage && text.loading}
          onClick={() => void notifications.fetchNextPage()}
        >
          {text.notifications.showMore}
        </Button>
      )}
    </section>
  );
};

const List = ({ items, me }: { readonly items: readonly Notification[]; readonly me: Me }) => {
  const zone = useZone();
  const now = useNow();
  const openDialog = useOpenDialog();
  return (
    <ul role="list" className={styles.items}>
      {items.map((item) => (
        <li key={item.id}>
          <button
            type="button"
            className={styles.item}
            data-read={item.read}
            onClick={() => openDialog({ session: item.requestId })}
          >
            <Avatar name={item.other.name} picture={item.other.picture} />
            <span className={styles.text}>
              <span>{notificationMessage(item, me.role, zone, now)}</span>
              {item.reason !== undefined && <span>{text.session.said(item.reason)}</span>}
              <small>
                <time dateTime={item.at}>
                  {formatMoment(item.at, zone, now)} ·{' '}
                  {formatDistance(Math.min(Date.parse(item.at), now), now)}
                </time>
              </small>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
};
