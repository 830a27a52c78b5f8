import type { SessionRequest } from '../api/client.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { formatDistance, formatMoment } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { ClockIcon } from './icons.tsx';
import styles from './deadline.module.css';

type Proposal = NonNullable<SessionRequest['proposal']>;

/** From here on a deadline is near: milliseconds. */
const soonMs = 6 * 3_600_000;

/** Until when a proposal has to be answered, how long that is from now, what happens otherwise, and why. */
export const Deadline = ({
  proposal: { respondBy, respondByRule, awaiting },
  isChange,
  me,
  otherName,
}: {
  readonly proposal: Proposal;
  /** To an agreed slot, which stands when the change is not answered. */
  readonly isChange: boolean;
  readonly me: 'coach' | 'client';
  readonly otherName: string;
}) => {
  const zone = useZone();
  const now = useNow(1_000);
  const at = formatMoment(respondBy, zone, now);
  const left = formatDistance(respondBy, now);
  const leftMs = Date.parse(respondBy) - now;
  return (
    <div className={styles.deadline} data-soon={leftMs < soonMs && awaiting === me}>
      <ClockIcon size={18} />
      <div>
        <p className={styles.by}>
          <time dateTime={respondBy}>
            {leftMs <= 0
              ? text.deadline.over(at)
              : awaiting === me
                ? text.deadline.answerBy(at, left)
                : text.deadline.otherAnswersBy(otherName, at, left)}
          </time>
        </p>
        <p className={styles.why}>
          {text.deadline.otherwise(isChange)}
          {respondByRule !== undefined && ` ${respondByRule}`}
        </p>
      </div>
    </div>
  );
};
