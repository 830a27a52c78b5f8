import { useId, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useMe } from '../api/queries.ts';
import { logOut } from '../log-in.ts';
import { text } from '../text/text.ts';
import { announce } from '../ui/announcer.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { CalendarIcon, LogOutIcon, MenuIcon, SettingsIcon } from '../ui/icons.tsx';
import styles from './profile-menu.module.css';

/** The profile picture and the menu button beside it: both open the same menu. */
export const ProfileMenu = () => {
  const me = useMe().data;
  const id = useId();
  const menu = useRef<HTMLElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const [path] = useLocation();
  if (!me) return null;
  const close = (): void => menu.current?.hidePopover();
  const leave = (): void => {
    setLeaving(true);
    logOut().catch(() => {
      setLeaving(false);
      announce(text.shell.logOutFailed);
    });
  };
  const opens = { popoverTarget: id, 'aria-expanded': isOpen, 'aria-controls': id } as const;
  return (
    <>
      <button
        type="button"
        className={styles.picture}
        aria-label={text.shell.profileMenu(me.name)}
        {...opens}
      >
        <Avatar name={me.name} picture={me.picture} />
      </button>
      <button type="button" className={styles.button} aria-label={text.shell.menu} {...opens}>
        <MenuIcon />
      </button>
      <nav
        ref={menu}
        id={id}
        className={styles.menu}
        popover="auto"
        aria-label={text.shell.menu}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        <div className={styles.who}>
          <strong>{me.name}</strong>
          <span>{text.roles[me.role]}</span>
        </div>
        <Link
          href="/sessions"
          onClick={close}
          aria-current={path.startsWith('/sessions') ? 'page' : undefined}
        >
          <CalendarIcon /> {text.shell.sessions}
        </Link>
        <Link href="/settings" onClick={close} aria-current={path === '/settings' ? 'page' : undefined}>
          <SettingsIcon /> {text.shell.settings}
        </Link>
        <button type="button" onClick={leave} disabled={isLeaving}>
          <LogOutIcon /> {isLeaving ? text.shell.loggingOut : text.shell.logOut}
        </button>
      </nav>
    </>
  );
};
