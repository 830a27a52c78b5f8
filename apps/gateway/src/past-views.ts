import { knownAt, streamOf, type CalendarPlace, type DatedState, type Participant } from '@hse/contracts';
import { parseInstant, type SessionRequestView } from '@hse/contracts/http';
import { toEpochMs, type Instant } from '@hse/session-requests';
import { readCursor, writeCursor } from './cursors.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { HttpProblem } from './http-problem.ts';
import { viewOf } from './session-request-view.ts';

/** Most of a participant's present session requests that one page of a past list looks at; bounds what a page costs. */
export const mostCandidates = 500;

/** How many are looked at together: so many streams are read at the same time at most. */
const candidatesAtOnce = 50;

/** One page of a list as it was. */
export interface PastPage {
  readonly items: SessionRequestView[];
  readonly nextCursor?: string;
}

export interface PastList {
  readonly viewer: Participant;
  readonly asOf: Instant;
  /** Tells the cursors of one list from those of another. */
  readonly name: string;
  readonly cursor: string | undefined;
  readonly limit: number;
  /** Whether the list showed it. */
  readonly shows: (known: DatedState) => boolean;
  /** What the list was sorted by. */
  readonly sortedBy: (known: DatedState) => string;
}

/**
 * Session requests as a party saw them at an instant that has passed. To be looked at only: nothing can be done in the past, so there are
 * no allowed actions. Names and time zones are those of today, which are not part of the log.
 */
export class PastViews {
  readonly #gateway: GatewayDependencies;

  constructor(gateway: GatewayDependencies) {
    this.#gateway = gateway;
  }

  /**
   * The instant that `asOf` names.
   * @throws HttpProblem `as-of-in-future` for one that the clock has not reached.
   */
  instantOf(asOf: string): Instant {
    const instant = parseInstant(asOf) ?? asOf; // validation has let only instants through
    if (toEpochMs(instant) > this.#gateway.clock.now())
      throw new HttpProblem('as-of-in-future', 'What will have been seen by then is not known yet.');
    return instant;
  }

  /** The request as it was; undefined where it did not exist yet, and for anybody who is not a party. */
  async one(viewer: Participant, requestId: string, asOf: Instant): Promise<SessionRequestView | undefined> {
    const known = await this.#knownAt(requestId, asOf);
    return known && this.#view(known, viewer, asOf);
  }

  /**
   * One page of a list as it was. What it may have held is found among the participant's requests of today, in the order of today's
   * calendar: requests are never removed from there. Of those that have changed since, the events are read. A page ends when it is full or
   * when {@link mostCandidates} have been looked at, and is sorted in itself.
   */
  async page(list: PastList): Promise<PastPage> {
    const { viewer, asOf, limit, shows, sortedBy } = list;
    const found: DatedState[] = [];
    let after = placeOf(list);
    let looked = 0;
    let more = true;
    while (more && found.length < limit && looked < mostCandidates) {
      const candidates = await this.#gateway.queries.calendar({
        participantId: viewer.id,
        ...(after && { after }),
        limit: candidatesAtOnce + 1,
      });
      more = candidates.length > candidatesAtOnce;
      const known = await Promise.all(
        candidates
          .slice(0, candidatesAtOnce)
          .map(async (candidate) => ({ candidate, then: await this.#knownThen(candidate, asOf) })),
      );
      for (const [index, { candidate, then }] of known.entries()) {
        const { slot, requestId } = candidate.state;
        after = { startsAt: slot.startsAt, requestId };
        looked += 1;
        if (then && shows(then)) found.push(then);
        if (found.length < limit) continue;
        more ||= index < known.length - 1;
        break;
      }
    }
    found.sort((a, b) => compare(sortedBy(a), sortedBy(b)) || compare(a.state.requestId, b.state.requestId));
    const views = await Promise.all(found.map((then) => this.#view(then, viewer, asOf)));
    return {
      items: views.filter((view) => view !== undefined),
      ...(more && after && { nextCursor: writeCursor([list.name, asOf, after.startsAt, after.requestId]) }),
    };
  }

  /** What the read models know holds for all the time since the latest event. */
  async #knownThen(today: DatedState, asOf: Instant): Promise<DatedState | undefined> {
    return today.recordedAt <= asOf ? today : this.#knownAt(today.state.requestId, asOf);
  }

  async #knownAt(requestId: string, asOf: Instant): Promise<DatedState | undefined> {
    return knownAt(await this.#gateway.history.readStream(streamOf({ requestId })), asOf);
  }

  async #view(known: DatedState, viewer: Participant, now: Instant): Promise<SessionRequestView | undefined> {
    const { participants, policy } = this.#gateway;
    const view = await viewOf(known, viewer, { participants, policy, now });
    if (view) view.allowedActions = [];
    return view;
  }
}

const placeOf = ({ cursor, name, asOf }: PastList): CalendarPlace | undefined => {
  if (cursor === undefined) return undefined;
  const forms = [is(name), is(asOf), (part: string) => parseInstant(part) === part, isId];
  const [, , startsAt = '', requestId = ''] = readCursor(cursor, ...forms);
  return { startsAt, requestId };
};

const is =
  (expected: string) =>
  (part: string): boolean =>
    part === expected;

const isId = (part: string): boolean => /^[\w-]{1,64}$/.test(part);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
