import { useMe } from '../api/queries.ts';
import { useGo, useParameter } from '../navigation.ts';
import { text } from '../text/text.ts';
import { CheckIcon } from '../ui/icons.tsx';
import styles from './pending-button.module.css';

/** The id of the sidebar, for what opens it. */
export const sidebarId = 'pending-actions';
/** The id of the button, for what it opens and closes. */
export const pendingButtonId = 'pending-button';

/** The exclamation mark beside the profile picture, as soon as somebody awaits my answer; a quiet tick in its place when nobody does. */
export const PendingButton = () => {
  const count = useMe().data?.pendingActions ?? 0;
  const isOpen = useParameter('pending') !== undefined;
  const go = useGo();
  return (
    <button
      type="button"
      id={pendingButtonId}
      className={styles.button}
      data-pending-count={count}
      aria-label={text.pending.count(count)}
      aria-expanded={isOpen}
      aria-controls={isOpen ? sidebarId : undefined}
      title={text.pending.count(count)}
      onClick={() => go({ pending: isOpen ? undefined : 'open' }, { replace: isOpen })}
    >
      <span className={styles.mark} aria-hidden="true">
        {count === 0 ? <CheckIcon size={16} /> : '!'}
      </span>
      {count > 1 && (
        <span className={styles.count} aria-hidden="true">
          {count > 99 ? '99+' : count}
        </span>
      )}
    </button>
  );
};
