import { useId, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import type { Participant } from '../api/client.ts';
import { slotText } from '../text/slot-text.ts';
import { locale } from '../text/text.ts';
import { dayOf, zonePlace } from '../time/format.ts';
import { ClockTrouble } from './clock-trouble.tsx';
import { DayField } from './day-field.tsx';
import type { Faults } from './faults.ts';
import fields from './fields.module.css';
import { LengthField } from './length-field.tsx';
import { chosenSlot, placeSlot, type LocalSlot } from './local-slot.ts';
import { NoteField } from './note-field.tsx';
import styles from './slot-form.module.css';
import { SlotSummary } from './slot-summary.tsx';
import { StartField } from './start-field.tsx';
import type { SlotCheck } from './use-slot-check.ts';

export interface SlotFormProps {
  readonly slot: LocalSlot;
  readonly onSlot: (slot: LocalSlot) => void;
  readonly note: string;
  readonly onNote: (note: string) => void;
  /** The zone that the slot is written in. */
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** My role. */
  readonly me: 'coach' | 'client';
  readonly other: Pick<Participant, 'name' | 'timeZone'> | undefined;
  readonly faults: Faults;
  readonly check: SlotCheck;
  /** Something is agreed, which stands if this is not answered. */
  readonly isChange: boolean;
  /** What stood before, above the new slot. */
  readonly before?: ReactNode;
  /** What to do first, where this slot is none to send. */
  readonly hint?: string | undefined;
}

/** Day, start and length of a slot, what they mean to both sides, and a note. Shows, and tells what is changed; decides nothing. */
export const SlotForm = ({
  slot,
  onSlot,
  note,
  onNote,
  zone,
  now,
  me,
  other,
  faults,
  check,
  isChange,
  before,
  hint,
}: SlotFormProps) => {
  const placed = placeSlot(slot, zone);
  const faultId = useId();
  return (
    <I18nProvider locale={locale}>
      <div className={styles.form}>
        <fieldset className={styles.when}>
          <legend className="visually-hidden">{slotText.slot.when}</legend>
          <div className={styles.start}>
            <DayField
              value={slot.day}
              onChange={(day) => onSlot({ ...slot, day })}
              today={dayOf(now, zone)}
              faultId={faults.day === undefined ? undefined : faultId}
            />
            <StartField
              value={slot.time}
              onChange={(time) => onSlot({ ...slot, time })}
              faultId={faults.time === undefined && placed.kind !== 'none' ? undefined : faultId}
            />
          </div>
          <p className={fields.hint}>{slotText.slot.inZone(zonePlace(zone))}</p>
          <div id={faultId} className={styles.faults}>
            <div role="status">
              {[faults.day, faults.time].map(
                (fault) =>
                  fault && (
                    <p key={fault} className={fields.fault}>
                      {fault}
                    </p>
                  ),
              )}
            </div>
            <ClockTrouble value={slot} onChange={onSlot} zone={zone} now={now} />
          </div>
          <LengthField
            value={slot.minutes}
            onChange={(minutes) => onSlot({ ...slot, minutes })}
            fault={faults.length}
          />
        </fieldset>
        <SlotSummary
          slot={chosenSlot(slot, zone)}
          hint={placed.kind === 'none' ? slotText.slot.noSuchTime : hint}
          {...{ zone, now, me, other, check, isChange, before }}
        />
        <NoteField value={note} onChange={onNote} otherName={other?.name} fault={faults.note} />
      </div>
    </I18nProvider>
  );
};
