import { useEffect, useState } from 'react';
import type { SlotPreview } from '../api/client.ts';
import { useSlotPreview } from '../api/queries.ts';
import type { Slot } from '../time/format.ts';

/** Milliseconds without a key press until the server is asked. */
const restMs = 250;
/** Milliseconds until waiting is shown; most answers come sooner, and nothing flickers. */
const patienceMs = 300;

/** The value as it was when it last stayed the same for a while. */
export const useRested = <Value extends string | undefined>(value: Value, ms: number = restMs): Value => {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
};

/** True once this has been true for a while. */
const useLasting = (is: boolean): boolean => {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!is) return;
    const timer = setTimeout(() => setLasting(true), patienceMs);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [is]);
  return lasting;
};

export interface SlotCheck {
  /** What proposing the slot would mean; that of the slot before while the present one is being asked about. */
  readonly preview: SlotPreview | undefined;
  /** The preview is of the slot before, or not there yet, and this has taken a while. */
  readonly isChecking: boolean;
  /** The preview is of the present slot. */
  readonly isPresent: boolean;
  readonly hasFailed: boolean;
}

/** Asks what proposing a slot would mean, as soon as nobody changes it any more. It only informs: the server decides. */
export const useSlotCheck = (
  about: { readonly with: string } | { readonly adjust: string } | undefined,
  slot: Slot | undefined,
): SlotCheck => {
  const asked = slot && `${slot.startsAt} ${slot.endsAt}`;
  const rested = useRested(asked);
  const [startsAt, endsAt] = rested?.split(' ') ?? [];
  const restedSlot = startsAt !== undefined && endsAt !== undefined ? { startsAt, endsAt } : undefined;
  const query = useSlotPreview(about, restedSlot);
  const isAsked = about !== undefined && slot !== undefined;
  const isPresent = isAsked && asked === rested && query.data !== undefined && !query.isPlaceholderData;
  const hasFailed = isAsked && asked === rested && query.isError;
  return {
    preview: isAsked && !hasFailed ? query.data : undefined,
    isChecking: useLasting(isAsked && !isPresent && !hasFailed),
    isPresent,
    hasFailed,
  };
};
