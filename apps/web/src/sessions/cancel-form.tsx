import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { SessionRequest } from '../api/client.ts';
import { text } from '../text/text.ts';
import { now } from '../time/clock.ts';
import { formatSlot } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Button } from '../ui/button.tsx';
import { ReasonField } from '../ui/reason-field.tsx';
import styles from './cancel-form.module.css';

/** Asks what is meant by cancelling: the session, only a change to it, or to move it instead. */
export const CancelForm = ({
  session: { agreed, proposal, slot, allowedActions },
  otherName,
  reason,
  onReason,
  working,
  onKeep,
  onAdjust,
  onCancel,
}: {
  readonly session: SessionRequest;
  readonly otherName: string;
  /** Kept by who asks: the question may go, and come back. */
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly working: 'session' | 'change' | undefined;
  readonly onKeep: () => void;
  readonly onAdjust: () => void;
  readonly onCancel: (what: 'session' | 'change') => void;
}) => {
  const id = useId();
  const zone = useZone();
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    back.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    onKeep();
  };
  const when = formatSlot(agreed ?? proposal ?? slot, zone, now());
  const lead = agreed ? text.session.cancelLead : text.session.cancelPendingLead;
  return (
    <div
      className={styles.form}
      role="group"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-lead`}
      onKeyDown={onKeyDown}
    >
      <h3 id={`${id}-title`}>{text.session.cancelTitle}</h3>
      <p id={`${id}-lead`}>{lead(otherName, when)}</p>
      <ReasonField value={reason} onChange={onReason} otherName={otherName} />
      <div className={styles.ways}>
        {allowedActions.includes('adjust') && (
          <Way hint={text.session.adjustInsteadHint(otherName)} id={`${id}-adjust`}>
            <Button kind="primary" onClick={onAdjust} aria-describedby={`${id}-adjust`}>
              {text.session.adjustInstead}
            </Button>
          </Way>
        )}
        {agreed && allowedActions.includes('cancel-change') && (
          <Way hint={text.session.withdrawChangeHint(formatSlot(agreed, zone, now()))} id={`${id}-change`}>
            <Button
              working={working === 'change' && text.action.cancelling}
              onClick={() => onCancel('change')}
              aria-describedby={`${id}-change`}
            >
              {text.session.withdrawChange}
            </Button>
          </Way>
        )}
        {allowedActions.includes('cancel-session') && (
          <Way hint={text.session.cancelSessionHint(otherName)} id={`${id}-session`}>
            <Button
              kind="danger"
              working={working === 'session' && text.action.cancelling}
              onClick={() => onCancel('session')}
              aria-describedby={`${id}-session`}
            >
              {agreed ? text.session.cancelSession : text.session.cancelRequest}
            </Button>
          </Way>
        )}
      </div>
      <Button ref={back} onClick={onKeep}>
        {text.session.back}
      </Button>
    </div>
  );
};

const Way = ({
  hint,
  id,
  children,
}: {
  readonly hint: string;
  readonly id: string;
  readonly children: ReactNode;
}) => (
  <div className={styles.way}>
    {children}
    <p id={id}>{hint}</p>
  </div>
);
