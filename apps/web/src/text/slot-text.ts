import { enSlot } from './en-slot.ts';

/** The texts of dialogs, in the reader's language; apart from the others because dialogs are loaded later than the page. */
export const slotText = enSlot;
