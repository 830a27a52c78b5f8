import {
  differ,
  daysAhead,
  formatDay,
  formatSlot,
  formatTimes,
  zonePlace,
  type Slot,
} from '../time/format.ts';
import { useNow } from '../time/clock.ts';
import { useZone } from '../time/zone.ts';
import styles from './slot-times.module.css';

/**
 * A slot in my time and, where that shows another time of day, in the other party's.
 * @param struck it does not stand (any more).
 */
export const SlotTimes = ({
  slot,
  other,
  struck = false,
}: {
  readonly slot: Slot;
  readonly other: { readonly name: string; readonly timeZone: string };
  readonly struck?: boolean;
}) => {
  const zone = useZone();
  const now = useNow(60_000);
  const Text = struck ? 's' : 'span';
  return (
    <span className={styles.slot}>
      <Text className={styles.mine}>
        <time dateTime={slot.startsAt}>{formatSlot(slot, zone, now)}</time>
      </Text>
      {differ(zone, other.timeZone, slot.startsAt) && (
        <Text className={styles.other}>
          {daysAhead(slot.startsAt, zone, other.timeZone) !== 0 &&
            `${formatDay(slot.startsAt, other.timeZone, now)}, `}
          {formatTimes(slot, other.timeZone)} {zonePlace(other.timeZone)}
        </Text>
      )}
    </span>
  );
};
