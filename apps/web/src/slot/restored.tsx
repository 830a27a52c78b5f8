import { slotText } from '../text/slot-text.ts';
import { Button } from '../ui/button.tsx';
import styles from './request-dialog.module.css';

/** Says that what was typed before is back, and offers to begin anew. */
export const Restored = ({ onStartAfresh }: { readonly onStartAfresh: () => void }) => (
  <div className={styles.restored}>
    <p role="status">{slotText.request.restored}</p>
    <Button kind="quiet" onClick={onStartAfresh}>
      {slotText.request.startAfresh}
    </Button>
  </div>
);
