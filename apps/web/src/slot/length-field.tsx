import { useId, useState } from 'react';
import { slotText } from '../text/slot-text.ts';
import fields from './fields.module.css';
import styles from './length-field.module.css';

const presets = [30, 45, 60, 90];

/** How long it lasts, in minutes: one of four usual lengths, or any other; null where nothing is typed. */
export const LengthField = ({
  value,
  onChange,
  fault,
}: {
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly fault?: string | undefined;
}) => {
  const [isOther, setIsOther] = useState(value === null || !presets.includes(value));
  const id = useId();
  const texts = slotText.slot;
  const describedBy = fault === undefined ? undefined : `${id}-fault`;
  return (
    <fieldset className={styles.lengths} data-field="length" aria-describedby={describedBy}>
      <legend className={fields.label}>{texts.length}</legend>
      <div className={styles.choices}>
        {presets.map((minutes) => (
          <label key={minutes} className={styles.choice}>
            <input
              type="radio"
              name={id}
              checked={!isOther && value === minutes}
              onChange={() => {
                setIsOther(false);
                onChange(minutes);
              }}
            />
            <span>{minutes}</span>
          </label>
        ))}
        <label className={styles.choice}>
          <input type="radio" name={id} checked={isOther} onChange={() => setIsOther(true)} />
          <span>{texts.otherLength}</span>
        </label>
        {isOther && (
          <label className={styles.other}>
            <span className="visually-hidden">{texts.otherMinutes}</span>
            <input
              className={`${fields.text ?? ''} ${styles.minutes ?? ''}`}
              inputMode="numeric"
              autoComplete="off"
              maxLength={4}
              value={value ?? ''}
              aria-invalid={fault !== undefined}
              aria-describedby={describedBy}
              onChange={({ target }) => {
                const digits = target.value.replace(/\D/g, '');
                onChange(digits === '' ? null : Number(digits));
              }}
            />
          </label>
        )}
      </div>
      {fault !== undefined && (
        <p className={fields.fault} id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </fieldset>
  );
};
