import { text } from '../text/text.ts';
import type { Status } from '../sessions/status.ts';
import { CheckIcon, ClockIcon, CrossIcon, SwapIcon } from './icons.tsx';
import styles from './status-mark.module.css';

const icons = { pending: ClockIcon, agreed: CheckIcon, adjusting: SwapIcon, closed: CrossIcon };

/** The shape of a status, without its word: say the word beside it. */
export const StatusIcon = ({ status, size = 16 }: { readonly status: Status; readonly size?: number }) => {
  const Icon = icons[status];
  return <Icon size={size} />;
};

/** A status as shape, word and colour. @param word default: that of the status. */
export const StatusMark = ({ status, word }: { readonly status: Status; readonly word?: string }) => (
  <span className={styles.mark} data-status={status}>
    <StatusIcon status={status} size={14} />
    {word ?? text.status[status]}
  </span>
);
