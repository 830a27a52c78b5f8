import { ApiProblem } from '../api/problem.ts';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import type { Draft } from './draft.ts';
import { placeSlot } from './local-slot.ts';

/** Bounds that the API and the expiry policy set; the server has the last word on them. */
export const limits = { noteLength: 1_000, shortestMinutes: 15, longestMinutes: 480 } as const;

export type Field = 'other' | 'day' | 'time' | 'length' | 'note';
/** What is wrong, beside the field that it is about. */
export type Faults = Readonly<Partial<Record<Field, string>>>;

/** What has to be put right before it can be sent. */
export const faultsOf = ({ slot, note }: Draft, zone: string): Faults => {
  const { day, time, minutes } = slot;
  const isLength = minutes !== null && minutes >= limits.shortestMinutes && minutes <= limits.longestMinutes;
  const left = limits.noteLength - note.length;
  return {
    ...(day === null && { day: slotText.slot.missingDay }),
    ...(time === null && { time: slotText.slot.missingTime }),
    // The form says what is the matter with the time, and what it could be instead.
    ...(placeSlot(slot, zone).kind === 'none' && { time: '' }),
    ...(!isLength && { length: slotText.slot.missingLength }),
    ...(left < 0 && { note: text.charactersLeft(left) }),
  };
};

const fieldOfCode: Readonly<Record<string, Field>> = {
  'invalid-duration': 'length',
  'slot-in-past': 'time',
  'notice-too-short': 'time',
  'too-far-ahead': 'day',
  'slot-unchanged': 'time',
  'same-role': 'other',
  'unknown-other-party': 'other',
};

const fieldOfPath: Readonly<Record<string, Field>> = {
  '/body/with': 'other',
  '/body/startsAt': 'time',
  '/body/endsAt': 'length',
  '/body/note': 'note',
};

/** Why the server refuses or would; empty where that is about no field. */
export const faultsOfRefusal = ({
  code,
  detail,
}: {
  readonly code: string;
  readonly detail: string;
}): Faults => {
  const field = fieldOfCode[code];
  return field === undefined ? {} : { [field]: text.problem.byCode[code] ?? detail };
};

/** The same of an error. */
export const faultsOfError = (error: unknown): Faults => {
  if (!(error instanceof ApiProblem)) return {};
  const invalid = error.errors.flatMap(({ path, message }) => {
    const field = fieldOfPath[path];
    return field === undefined ? [] : [[field, message] as const];
  });
  return { ...faultsOfRefusal({ code: error.code, detail: error.message }), ...Object.fromEntries(invalid) };
};

/** Puts the focus on the first of the fields that something is wrong with. */
export const focusFault = (form: HTMLElement | null, faults: Faults): void => {
  const first = (['other', 'day', 'time', 'length', 'note'] as const).find(
    (field) => faults[field] !== undefined,
  );
  const place = form?.querySelector<HTMLElement>(`[data-field="${first}"]`);
  const focusable = 'input:checked, input:not([type="radio"]), [role="spinbutton"], textarea, button';
  const target = place?.matches(focusable)
    ? place
    : (place?.querySelector<HTMLElement>('input[aria-invalid="true"]') ??
      place?.querySelector<HTMLElement>(focusable));
  target?.focus();
};
