import { useEffect, useId, useRef, type KeyboardEvent } from 'react';
import { text } from '../text/text.ts';
import { Button } from '../ui/button.tsx';
import { ReasonField } from '../ui/reason-field.tsx';
import styles from './reject-form.module.css';

/** Asks before a proposal is rejected, and for a reason. */
export const RejectForm = ({
  question,
  otherName,
  reason,
  onReason,
  isWorking,
  onReject,
  onKeep,
}: {
  readonly question: string;
  readonly otherName: string;
  /** Kept by who asks: the question may go, and come back. */
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly isWorking: boolean;
  readonly onReject: () => void;
  readonly onKeep: () => void;
}) => {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    onKeep();
  };
  return (
    <form
      className={styles.form}
      aria-labelledby={`${id}-question`}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        onReject();
      }}
    >
      <p id={`${id}-question`} className={styles.question}>
        {question}
      </p>
      <ReasonField ref={field} value={reason} onChange={onReason} otherName={otherName} />
      <div className={styles.actions}>
        <Button onClick={onKeep}>{text.action.keep}</Button>
        <Button kind="danger" type="submit" working={isWorking && text.action.rejecting}>
          {text.action.reject}
        </Button>
      </div>
    </form>
  );
};
