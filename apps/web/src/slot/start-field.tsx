import { parseTime, type Time } from '@internationalized/date';
import type { KeyboardEvent } from 'react';
import { Label } from 'react-aria-components/Label';
import { DateInput, DateSegment, TimeField } from 'react-aria-components/TimeField';
import { slotText } from '../text/slot-text.ts';
import fields from './fields.module.css';

const write = (time: Time): string => time.toString().slice(0, 5);

/** Minutes that an arrow key goes; any minute can be typed. */
const step = 5;

/** The next multiple of five minutes in this direction, within the hour. */
const stepped = (time: Time, up: boolean): Time => {
  const minute = up
    ? Math.floor(time.minute / step) * step + step
    : Math.ceil(time.minute / step) * step - step;
  return time.set({ minute: (minute + 60) % 60 });
};

/** A time of day, `HH:MM`, null where it is not complete; with 12 or 24 hours as the reader's language has it. */
export const StartField = ({
  value,
  onChange,
  faultId,
}: {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** Id of what says what is wrong with it; undefined where nothing is. */
  readonly faultId?: string | undefined;
}) => {
  const time = value === null ? null : parseTime(value);
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const isArrow = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    if (!time || !isArrow || !(event.target instanceof HTMLElement)) return;
    if (event.target.dataset['type'] !== 'minute') return;
    event.preventDefault();
    event.stopPropagation();
    onChange(write(stepped(time, event.key === 'ArrowUp')));
  };
  return (
    <TimeField
      className={fields.field ?? ''}
      value={time}
      onChange={(next) => onChange(next && write(next))}
      granularity="minute"
      isInvalid={faultId !== undefined}
      {...(faultId !== undefined && { 'aria-describedby': faultId })}
      validationBehavior="aria"
    >
      <Label className={fields.label ?? ''}>{slotText.slot.start}</Label>
      <div data-field="time" onKeyDownCapture={onKey}>
        <DateInput className={`${fields.box ?? ''} ${fields.segments ?? ''}`}>
          {(segment) => <DateSegment className={fields.segment ?? ''} segment={segment} />}
        </DateInput>
      </div>
    </TimeField>
  );
};
