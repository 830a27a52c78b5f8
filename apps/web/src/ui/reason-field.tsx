import { useId, type Ref } from 'react';
import { text } from '../text/text.ts';
import styles from './reason-field.module.css';

/** Characters that a reason may have. */
const longestReason = 500;
/** Characters that are left when their count appears. */
const near = 50;

/** Why somebody says no, for the other one to read. */
export const ReasonField = ({
  value,
  onChange,
  otherName,
  ref,
}: {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly otherName: string;
  readonly ref?: Ref<HTMLTextAreaElement>;
}) => {
  const id = useId();
  const left = longestReason - value.length;
  return (
    <>
      <label className={styles.label} htmlFor={id}>
        {text.action.reason}
      </label>
      <textarea
        ref={ref}
        className={styles.text}
        id={id}
        aria-describedby={`${id}-hint`}
        rows={2}
        maxLength={longestReason}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className={styles.hint}>
        {left <= near ? text.charactersLeft(left) : text.action.reasonHint(otherName)}
      </p>
    </>
  );
};
