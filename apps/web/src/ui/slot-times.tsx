import type { Party } from '../api/client.ts';
import { formatSlot, formatTheirs, type Slot } from '../time/format.ts';
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
  readonly other: Pick<Party, 'timeZone'>;
  readonly struck?: boolean;
}) => {
  const zone = useZone();
  const now = useNow(60_000);
  const theirs = formatTheirs(slot, zone, other.timeZone, now);
  const Text = struck ? 's' : 'span';
  return (
    <span className={styles.slot}>
      <Text className={styles.mine}>
        <time dateTime={slot.startsAt}>{formatSlot(slot, zone, now)}</time>
      </Text>
      {theirs !== undefined && <Text className={styles.other}>{theirs}</Text>}
    </span>
  );
};
