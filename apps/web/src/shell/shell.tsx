import { useCallback, useEffect, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useQueryClient } from '@tanstack/react-query';
import type { LiveChange, Me, SessionRequest } from '../api/client.ts';
import { keys } from '../api/known-states.ts';
import { useLiveCache } from '../api/live-cache.ts';
import { Dialogs } from './dialogs.tsx';
import { followLogIn } from '../log-in.ts';
import { useParameter } from '../navigation.ts';
import { PendingButton } from '../pending-actions/pending-button.tsx';
import { PendingSidebar } from '../pending-actions/pending-sidebar.tsx';
import { text } from '../text/text.ts';
import { now } from '../time/clock.ts';
import { announce, Announcer } from '../ui/announcer.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { newsOf } from './news.ts';
import { ProfileMenu } from './profile-menu.tsx';
import styles from './shell.module.css';

/** What is around every page: header, sidebar, dialogs, announcements; and the live connection. */
export const Shell = ({ me, children }: { readonly me: Me; readonly children: ReactNode }) => {
  const client = useQueryClient();
  const announceNews = useCallback(
    (change: LiveChange, was: SessionRequest | undefined) => {
      const present = client.getQueryData<Me>(keys.me);
      const news = present && newsOf(present, change, was, now());
      if (news !== undefined) announce(news);
    },
    [client],
  );
  const { isLost } = useLiveCache(me.id, announceNews);
  useEffect(() => followLogIn(me.id), [me.id]);
  const isPendingOpen = useParameter('pending') !== undefined;

  return (
    <div className={styles.app}>
      <a className={`visually-hidden ${styles.skip}`} href="#content">
        {text.skipToContent}
      </a>
      <header className={styles.header}>
        <Link href="/sessions" className={styles.brand} aria-label={text.shell.home}>
          <img src="/icon.svg" alt="" width="32" height="32" />
          <span className={styles.product}>{text.product}</span>
        </Link>
        <PendingButton />
        <ProfileMenu />
      </header>
      <ConnectionNotice isLost={isLost} />
      <div className={styles.body} data-pending={isPendingOpen}>
        <main className={styles.main} id="content" tabIndex={-1}>
          {children}
        </main>
        {isPendingOpen && <PendingSidebar />}
      </div>
      <Dialogs />
      <Announcer />
    </div>
  );
};
