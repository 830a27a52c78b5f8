import { useId } from 'react';
import { slotText } from '../text/slot-text.ts';
import { formatDay, formatMoment, formatTime } from '../time/format.ts';
import { Button } from '../ui/button.tsx';
import fields from './fields.module.css';
import styles from './slot-form.module.css';
import { localSlotOf, placeSlot, type LocalSlot } from './local-slot.ts';

const offsets = new Map<string, Intl.DateTimeFormat>();

/** Such as `UTC+2`. */
const offsetAt = (instant: string, timeZone: string): string => {
  let format = offsets.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' });
    offsets.set(timeZone, format);
  }
  const parts = format.formatToParts(new Date(instant));
  return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
};

/** What is the matter with a time that a change of the clocks leaves out or repeats, and what can be done about it. */
export const ClockTrouble = ({
  value,
  onChange,
  zone,
  now,
}: {
  readonly value: LocalSlot;
  readonly onChange: (value: LocalSlot) => void;
  readonly zone: string;
  readonly now: number;
}) => {
  const name = useId();
  const placed = placeSlot(value, zone);
  const texts = slotText.slot;

  if (placed.kind === 'none') {
    // As the person has written it; no zone has anything to say about it.
    const written = `${value.day ?? ''}T${value.time ?? ''}Z`;
    const { startsAt } = placed.becomes;
    const instead =
      localSlotOf(placed.becomes, zone).day === value.day
        ? formatTime(startsAt, zone)
        : formatMoment(startsAt, zone, now);
    return (
      <div className={styles.trouble}>
        <p className={fields.fault} role="alert">
          {texts.doesNotExist(formatTime(written, 'UTC'), formatDay(written, 'UTC', now))}
        </p>
        <Button onClick={() => onChange(localSlotOf(placed.becomes, zone))}>
          {texts.useInstead(instead)}
        </Button>
      </div>
    );
  }

  if (placed.kind === 'twice') {
    const { startsAt } = placed.earlier;
    const time = formatTime(startsAt, zone);
    return (
      <fieldset className={styles.twice}>
        <legend>{texts.existsTwice(time, formatDay(startsAt, zone, now))}</legend>
        {(['earlier', 'later'] as const).map((which) => (
          <label key={which} className={styles.which}>
            <input
              type="radio"
              name={name}
              checked={value.which === which}
              onChange={() => onChange({ ...value, which })}
            />
            {texts[which === 'earlier' ? 'first' : 'second'](time, offsetAt(placed[which].startsAt, zone))}
          </label>
        ))}
      </fieldset>
    );
  }
  return null;
};
