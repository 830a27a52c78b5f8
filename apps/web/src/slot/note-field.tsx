import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea, TextField } from 'react-aria-components/TextField';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import { limits } from './faults.ts';
import fields from './fields.module.css';

/** Characters that are left when their count appears. */
const near = 100;

/** A text for the other party. More than may be sent can be typed, and is said to be too much. */
export const NoteField = ({
  value,
  onChange,
  otherName,
  fault,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly otherName: string | undefined;
  readonly fault?: string | undefined;
}) => {
  const left = limits.noteLength - value.length;
  const tooLong = left < 0 ? text.charactersLeft(left) : fault;
  return (
    <TextField
      className={fields.field ?? ''}
      value={value}
      onChange={onChange}
      isInvalid={tooLong !== undefined}
      validationBehavior="aria"
    >
      <Label className={fields.label ?? ''}>{slotText.slot.note}</Label>
      <TextArea className={fields.text ?? ''} rows={2} data-field="note" />
      <FieldError className={fields.fault ?? ''}>{tooLong}</FieldError>
      {tooLong === undefined && (
        <Text slot="description" className={fields.hint ?? ''}>
          {left <= near
            ? text.charactersLeft(left)
            : otherName === undefined
              ? slotText.slot.noteHintNobody
              : slotText.slot.noteHint(otherName)}
        </Text>
      )}
    </TextField>
  );
};
