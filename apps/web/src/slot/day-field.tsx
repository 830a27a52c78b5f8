import { parseDate } from '@internationalized/date';
import { Button } from 'react-aria-components/Button';
import {
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
} from 'react-aria-components/Calendar';
import { DateInput, DatePicker, DateSegment } from 'react-aria-components/DatePicker';
import { Dialog } from 'react-aria-components/Dialog';
import { Group } from 'react-aria-components/Group';
import { Heading } from 'react-aria-components/Heading';
import { Label } from 'react-aria-components/Label';
import { Popover } from 'react-aria-components/Popover';
import { slotText } from '../text/slot-text.ts';
import { CalendarIcon, NextIcon, PreviousIcon } from '../ui/icons.tsx';
import styles from './day-field.module.css';
import fields from './fields.module.css';

/** A day, typed or chosen from a month; `YYYY-MM-DD`, null where it is not complete. */
export const DayField = ({
  value,
  onChange,
  today,
  faultId,
}: {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** The earliest day that can be chosen. */
  readonly today: string;
  /** Id of what says what is wrong with it; undefined where nothing is. */
  readonly faultId?: string | undefined;
}) => (
  <DatePicker
    className={fields.field ?? ''}
    value={value === null ? null : parseDate(value)}
    onChange={(day) => onChange(day?.toString() ?? null)}
    minValue={parseDate(today)}
    granularity="day"
    isInvalid={faultId !== undefined}
    {...(faultId !== undefined && { 'aria-describedby': faultId })}
    validationBehavior="aria"
    shouldForceLeadingZeros={false}
  >
    <Label className={fields.label ?? ''}>{slotText.slot.day}</Label>
    <Group className={fields.box ?? ''} data-field="day">
      <DateInput className={fields.segments ?? ''}>
        {(segment) => <DateSegment className={fields.segment ?? ''} segment={segment} />}
      </DateInput>
      <Button className={fields.inside ?? ''}>
        <CalendarIcon />
      </Button>
    </Group>
    <Popover className={styles.popover ?? ''} offset={4}>
      <Dialog className={styles.dialog ?? ''}>
        <Calendar>
          <header className={styles.header}>
            <Button slot="previous" className={styles.turn ?? ''}>
              <PreviousIcon />
            </Button>
            <Heading className={styles.month ?? ''} level={3} />
            <Button slot="next" className={styles.turn ?? ''}>
              <NextIcon />
            </Button>
          </header>
          <CalendarGrid className={styles.grid ?? ''} weekdayStyle="short">
            <CalendarGridHeader>
              {(day) => <CalendarHeaderCell className={styles.weekday ?? ''}>{day}</CalendarHeaderCell>}
            </CalendarGridHeader>
            <CalendarGridBody>
              {(date) => (
                // Its own mark of today is by this device's clock.
                <CalendarCell
                  className={`${styles.day ?? ''} ${date.toString() === today ? (styles.today ?? '') : ''}`}
                  date={date}
                />
              )}
            </CalendarGridBody>
          </CalendarGrid>
        </Calendar>
      </Dialog>
    </Popover>
  </DatePicker>
);
