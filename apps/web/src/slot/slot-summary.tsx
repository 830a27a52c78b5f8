import type { ReactNode } from 'react';
import { otherParty } from '../sessions/parties.ts';
import { statusOf } from '../sessions/status.ts';
import type { Participant, SlotPreview } from '../api/client.ts';
import { useGo } from '../navigation.ts';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import {
  daysAhead,
  differ,
  formatDay,
  formatDistance,
  formatMoment,
  formatSlot,
  formatTimes,
  zonePlace,
  type Slot,
} from '../time/format.ts';
import { ClockIcon } from '../ui/icons.tsx';
import { StatusIcon } from '../ui/status-mark.tsx';
import { clockChangeWithin } from './local-slot.ts';
import styles from './slot-summary.module.css';
import type { SlotCheck } from './use-slot-check.ts';

interface SlotSummaryProps {
  /** Nothing where the slot is not complete. */
  readonly slot: Slot | undefined;
  /** What to do first, where the slot is complete and still none to send. */
  readonly hint: string | undefined;
  readonly zone: string;
  readonly now: number;
  /** My role. */
  readonly me: 'coach' | 'client';
  readonly other: Pick<Participant, 'name' | 'timeZone'> | undefined;
  readonly check: SlotCheck;
  /** Something is agreed, which stands if this is not answered. */
  readonly isChange: boolean;
  /** What stood before. */
  readonly before?: ReactNode;
}

/** The slot as both sides will see it, what is in its way, and by when it has to be answered. Keeps its height meanwhile. */
export const SlotSummary = ({
  slot,
  hint,
  zone,
  now,
  me,
  other,
  check,
  isChange,
  before,
}: SlotSummaryProps) => {
  const texts = slotText.slot;
  const { preview } = check;
  const shown = hint === undefined ? slot : undefined;
  const overlaps = shown && preview ? overlapping(preview.overlaps, shown) : [];
  return (
    <section className={styles.summary} aria-label={texts.summary}>
      {before}
      {shown ? (
        <BothTimes slot={shown} zone={zone} now={now} other={other} />
      ) : (
        <p className={styles.soft}>{hint ?? texts.notComplete}</p>
      )}
      <div className={styles.live} role="status">
        {shown && <ClockChange slot={shown} zone={zone} />}
        {overlaps.length > 0 && <Overlaps {...{ overlaps, zone, now, me }} />}
        {shown && other && preview?.respondBy !== undefined && (
          <Deadline
            respondBy={preview.respondBy}
            rule={preview.respondByRule}
            isOld={!check.isPresent}
            {...{ zone, now, other, isChange }}
          />
        )}
        {check.hasFailed && <p className={styles.soft}>{texts.previewFailed}</p>}
        {check.isChecking && <p className={styles.checking}>{texts.checking}</p>}
      </div>
    </section>
  );
};

const BothTimes = ({
  slot,
  zone,
  now,
  other,
}: Pick<SlotSummaryProps, 'zone' | 'now' | 'other'> & { slot: Slot }) => {
  const texts = slotText.slot;
  const minutes = (Date.parse(slot.endsAt) - Date.parse(slot.startsAt)) / 60_000;
  const isSame = other !== undefined && !differ(zone, other.timeZone, slot.startsAt);
  const ahead = other ? daysAhead(slot.startsAt, zone, other.timeZone) : 0;
  return (
    <div className={styles.times}>
      <p className={styles.time}>
        <strong>{formatSlot(slot, zone, now)}</strong>{' '}
        <span className={styles.soft}>
          {isSame ? texts.sameTime(other.name) : texts.yourTime(zonePlace(zone))} ·{' '}
          {texts.lasts(texts.minutes(minutes))}
        </span>
      </p>
      {other && !isSame && (
        <p className={styles.time}>
          <span className={styles.theirs}>
            {ahead !== 0 && `${formatDay(slot.startsAt, other.timeZone, now)}, `}
            {formatTimes(slot, other.timeZone)}
          </span>{' '}
          <span className={styles.soft}>
            {texts.timeOfOnDay(other.name, zonePlace(other.timeZone), texts.ahead(ahead))}
          </span>
        </p>
      )}
    </div>
  );
};

const ClockChange = ({ slot, zone }: { readonly slot: Slot; readonly zone: string }) => {
  const change = clockChangeWithin(slot, zone);
  if (change === 0) return null;
  const texts = slotText.slot;
  const minutes = (Date.parse(slot.endsAt) - Date.parse(slot.startsAt)) / 60_000;
  return (
    <p className={styles.warning}>
      {texts.clocksChange(change > 0, texts.minutes(Math.abs(change)), texts.minutes(minutes))}
    </p>
  );
};

/** Those at this time: what is known may be about the slot before. */
const overlapping = (sessions: SlotPreview['overlaps'], slot: Slot): SlotPreview['overlaps'] =>
  sessions.filter(({ agreed, proposal }) =>
    [agreed, proposal].some((one) => one && one.startsAt < slot.endsAt && one.endsAt > slot.startsAt),
  );

/** As many as are named; the rest are counted. */
const named = 3;

const Overlaps = ({
  overlaps,
  zone,
  now,
  me,
}: { readonly overlaps: SlotPreview['overlaps'] } & Pick<SlotSummaryProps, 'zone' | 'now' | 'me'>) => {
  const texts = slotText.slot;
  const go = useGo();
  const rest = overlaps.length - named;
  return (
    <div className={styles.warning}>
      <p>{texts.overlaps(overlaps.length)}</p>
      <ul role="list">
        {overlaps.slice(0, named).map((session) => {
          const status = statusOf(session);
          const { name } = otherParty(session, { role: me });
          return (
            <li key={session.id}>
              <a
                className={styles.overlap}
                href={`?session=${session.id}`}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  // On top of this dialog, which is there again when it is closed.
                  go({ session: session.id });
                }}
              >
                <StatusIcon status={status} />
                {texts.overlap({
                  slot: formatSlot(session.slot, zone, now),
                  name,
                  status: text.status[status],
                })}
              </a>
            </li>
          );
        })}
      </ul>
      {rest > 0 && <p>{texts.more(rest)}</p>}
    </div>
  );
};

const Deadline = ({
  respondBy,
  rule,
  isOld,
  zone,
  now,
  other,
  isChange,
}: {
  readonly respondBy: string;
  readonly rule: string | undefined;
  readonly isOld: boolean;
  readonly other: Pick<Participant, 'name' | 'timeZone'>;
} & Pick<SlotSummaryProps, 'zone' | 'now' | 'isChange'>) => {
  const texts = slotText.slot;
  return (
    <div className={styles.deadline} data-old={isOld}>
      <ClockIcon />
      <div>
        <p>
          <strong>
            {texts.answersBy(other.name, formatMoment(respondBy, zone, now), formatDistance(respondBy, now))}
          </strong>{' '}
          {differ(zone, other.timeZone, respondBy) &&
            texts.answersByThere(
              other.name,
              formatMoment(respondBy, other.timeZone, now),
              zonePlace(other.timeZone),
            )}
        </p>
        <p className={styles.soft}>
          {rule} {isChange ? texts.otherwiseChange : texts.otherwise}
        </p>
      </div>
    </div>
  );
};
