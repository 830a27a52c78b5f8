import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useNotifications } from '../api/queries.ts';
import { useOpenDialog } from '../navigation.ts';
import { text } from '../text/text.ts';
import { Button } from '../ui/button.tsx';
import { PlusIcon } from '../ui/icons.tsx';
import { useTitle } from '../ui/use-title.ts';
import { Calendar } from './calendar.tsx';
import styles from './sessions-page.module.css';

/** Sessions, with its tabs. @param children what the tab shows, for any but the calendar. */
export const SessionsPage = ({
  tab,
  children,
}: {
  readonly tab: 'calendar' | 'notifications';
  readonly children?: ReactNode;
}) => {
  useTitle(tab === 'calendar' ? text.sessions.calendar : text.sessions.notifications);
  const openDialog = useOpenDialog();
  const unread = useNotifications().data?.pages[0]?.unread ?? 0;
  return (
    <>
      <div className={styles.head}>
        <h1>{text.sessions.title}</h1>
        <nav className={styles.tabs} aria-label={text.sessions.tabs}>
          <Link href="/sessions" aria-current={tab === 'calendar' ? 'page' : undefined}>
            {text.sessions.calendar}
          </Link>
          <Link href="/sessions/notifications" aria-current={tab === 'notifications' ? 'page' : undefined}>
            {text.sessions.notifications}
            {unread > 0 && (
              <span className={styles.unread}>
                <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
                <span className="visually-hidden">{text.sessions.unread(unread)}</span>
              </span>
            )}
          </Link>
        </nav>
        <Button kind="primary" className={styles.request} onClick={() => openDialog({ request: 'new' })}>
          <PlusIcon />
          {text.sessions.request}
        </Button>
      </div>
      {tab === 'calendar' ? <Calendar /> : children}
    </>
  );
};
