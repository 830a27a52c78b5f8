import type { Ref } from 'react';
import type { Party, SessionRequest } from '../api/client.ts';
import { useOpenDialog } from '../navigation.ts';
import { statusOf } from '../sessions/status.ts';
import { whatChanged } from '../sessions/what-changed.ts';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import type { Slot } from '../time/format.ts';
import { Button } from '../ui/button.tsx';
import { SwapIcon } from '../ui/icons.tsx';
import { SlotTimes } from '../ui/slot-times.tsx';
import { StatusMark } from '../ui/status-mark.tsx';
import styles from './request-dialog.module.css';

/** Somebody was faster: what has changed, what holds now, and what can be done with what is typed. */
export const Conflict = ({
  before,
  after,
  me,
  other,
  say,
  onSend,
  ref,
}: {
  readonly before: SessionRequest;
  readonly after: SessionRequest;
  readonly me: 'coach' | 'client';
  readonly other: Party;
  readonly say: (slot: Slot) => string;
  /** Sends what is typed to the new state; nothing where that cannot be. */
  readonly onSend: (() => void) | undefined;
  readonly ref: Ref<HTMLElement>;
}) => {
  const open = useOpenDialog();
  const texts = slotText.conflict;
  const { status, agreed, proposal, outcome } = after;
  return (
    <section ref={ref} className={styles.conflict} role="alert" tabIndex={-1}>
      <h3>
        <SwapIcon />
        {texts.title}
      </h3>
      <p>{whatChanged(before, after, me, say)}</p>
      <dl>
        <div className={styles.row}>
          <dt>{texts.nowStatus}</dt>
          <dd>
            <StatusMark
              status={statusOf(after)}
              {...(outcome && { word: text.status[status === 'rejected' ? 'rejected' : 'cancelled'] })}
            />
          </dd>
        </div>
        {[
          { label: slotText.adjust.before.agreed, slot: agreed },
          { label: slotText.adjust.before.proposed, slot: proposal },
        ].map(
          ({ label, slot }) =>
            slot && (
              <div key={label} className={styles.row}>
                <dt>{label}</dt>
                <dd>
                  <SlotTimes slot={slot} other={other} />
                </dd>
              </div>
            ),
        )}
      </dl>
      <p>
        {texts.kept} {onSend ? texts.stillPossible : texts.notPossible}
      </p>
      <div className={styles.ways}>
        {onSend && (
          <Button kind="primary" onClick={onSend}>
            {texts.send}
          </Button>
        )}
        <Button onClick={() => open({ session: after.id })}>{texts.open}</Button>
      </div>
    </section>
  );
};
