import { columns } from '../rows/columns.ts';

/** A view that is there to be queried. */
export interface View {
  readonly name: string;
  readonly meaning: string;
  /** Every column, in its order, and what it is. */
  readonly columns: Readonly<Record<string, string>>;
  /** The query it is made of; undefined for `events`, which are the rows themselves. */
  readonly sql?: string;
  /** Whether it is made once and kept beside the rows, because it looks at all of them. */
  readonly isKept?: boolean;
}

const ids = {
  request_id: 'the session request',
  coach_id: 'the coach',
  client_id: 'the client',
  requester: 'who asked first: coach, client',
};

/** In this order, each of those before it. */
export const views: readonly View[] = [
  {
    name: 'events',
    meaning: 'one row per event, as `replay export` writes it',
    columns: Object.fromEntries(columns.map(({ name, meaning }) => [name, meaning])),
  },
  {
    name: 'proposals',
    meaning: 'one row per proposal: every slot that was put on the table, and what became of it',
    isKept: true,
    columns: {
      ...ids,
      round: '1 for the request, +1 with each adjustment',
      proposer: 'who made it: coach, client',
      awaiting: 'who had to answer it',
      proposed_at: 'when it was made',
      starts_at: 'start of its slot',
      ends_at: 'end of its slot',
      duration_minutes: 'length of its slot',
      lead_ms: 'from when it was made to the start of its slot',
      policy_id: 'the expiry policy recorded with it',
      lead_tier: 'the row of that policy',
      respond_by: 'until when it could be answered',
      is_change: 'whether it was a change to an agreed slot',
      ending:
        'accepted, rejected, countered, amended, withdrawn, called-off, unanswered; NULL while it is on the table',
      ended_at: 'when it left the table',
      ended_by: 'by whom: coach, client, system',
      waited_ms: 'how long it was on the table',
      time_left_ms: 'from then to its deadline; negative where that had passed',
      position: 'of the event that made it',
      ended_position: 'of the event that took it off the table',
    },
    sql: `
      SELECT made.request_id, made.coach_id, made.client_id, made.requester, made.round, made.proposer, made.awaiting,
        made.proposed_at, made.starts_at, made.ends_at, made.duration_minutes, made.lead_ms, made.policy_id, made.lead_tier,
        made.respond_by, made.is_change, ended.ending, ended.recorded_at AS ended_at, ended.actor AS ended_by,
        ended.waited_ms, ended.time_left_ms, made.position, ended.position AS ended_position
      FROM events AS made
      LEFT JOIN (FROM events WHERE ended_round IS NOT NULL) AS ended
        ON ended.request_id = made.request_id AND ended.ended_round = made.round
      WHERE made.type IN ('SessionRequested', 'SessionAdjusted')`,
  },
  {
    name: 'requests',
    meaning: 'one row per session request, as it is at the end of the history',
    isKept: true,
    columns: {
      ...ids,
      requested_at: 'when it was made',
      lead_ms: 'from then to the start of the slot first asked for',
      lead_tier: 'the row of the policy for that lead',
      status: 'pending, accepted, adjusting, rejected, cancelled',
      outcome:
        'how it ended: rejected, withdrawn, called-off, unanswered; agreed where a slot is agreed; NULL while it is pending',
      starts_at: 'start of the agreed slot, or of the last one on the table',
      ends_at: 'end of that slot',
      rounds: 'proposals that were made',
      changes: 'of these, changes to an agreed slot',
      first_answered_at: 'when the first proposal left the table',
      first_ending: 'how it left it',
      agreed_at: 'when a slot was first agreed',
      closed_at: 'when it was rejected or cancelled as a whole',
      closed_by: 'by whom: coach, client, system',
      events: 'how many there are',
      last_recorded_at: 'when the latest of them was recorded',
      position: 'of the first of them',
    },
    sql: `
      SELECT request_id, first(coach_id) AS coach_id, first(client_id) AS client_id, first(requester) AS requester,
        min(recorded_at) FILTER (revision = 0) AS requested_at,
        first(lead_ms) FILTER (revision = 0) AS lead_ms, first(lead_tier) FILTER (revision = 0) AS lead_tier,
        arg_max(status, revision) AS status,
        CASE arg_max(status, revision)
          WHEN 'pending' THEN NULL
          WHEN 'rejected' THEN 'rejected'
          WHEN 'cancelled' THEN replace(arg_max(cause, revision), 'no-response', 'unanswered')
          ELSE 'agreed'
        END AS outcome,
        coalesce(
          CASE WHEN arg_max(status, revision) IN ('accepted', 'adjusting')
            THEN arg_max(starts_at, revision) FILTER (type = 'SessionAccepted') END,
          arg_max(starts_at, revision)) AS starts_at,
        coalesce(
          CASE WHEN arg_max(status, revision) IN ('accepted', 'adjusting')
            THEN arg_max(ends_at, revision) FILTER (type = 'SessionAccepted') END,
          arg_max(ends_at, revision)) AS ends_at,
        max(round) AS rounds,
        (count(*) FILTER (is_change AND type = 'SessionAdjusted'))::INTEGER AS changes,
        min(recorded_at) FILTER (ended_round = 1) AS first_answered_at,
        first(ending) FILTER (ended_round = 1) AS first_ending,
        min(recorded_at) FILTER (type = 'SessionAccepted') AS agreed_at,
        min(recorded_at) FILTER (status IN ('rejected', 'cancelled')) AS closed_at,
        first(actor) FILTER (status IN ('rejected', 'cancelled')) AS closed_by,
        count(*)::INTEGER AS events, max(recorded_at) AS last_recorded_at, min(position) AS position
      FROM events GROUP BY request_id`,
  },
  {
    name: 'answers',
    meaning: 'one row per answer: what the awaited party made of a proposal in time',
    columns: {
      ...ids,
      round: 'of the proposal',
      answered_at: 'when',
      answered_by: 'coach, client',
      answer: 'accepted, rejected, countered',
      waited_ms: 'how long the proposal had been on the table',
      time_left_ms: 'how long there would still have been to answer',
      lead_ms: 'of the proposal',
      lead_tier: 'of the proposal',
      is_change: 'whether it was a change to an agreed slot',
      position: 'of the answer',
    },
    sql: `
      SELECT request_id, coach_id, client_id, requester, round, ended_at AS answered_at, ended_by AS answered_by,
        ending AS answer, waited_ms, time_left_ms, lead_ms, lead_tier, is_change, ended_position AS position
      FROM proposals WHERE ending IN ('accepted', 'rejected', 'countered')`,
  },
  {
    name: 'deadlines',
    meaning: 'one row per deadline, that of each proposal, and whether it was kept',
    columns: {
      ...ids,
      round: 'of the proposal',
      awaiting: 'whose deadline it is',
      proposed_at: 'when it was set',
      respond_by: 'the deadline',
      before_start_ms: 'how long before the start of the slot it lies',
      lead_ms: 'of the proposal',
      lead_tier: 'of the proposal',
      policy_id: 'the expiry policy that it follows from',
      fate: 'met: answered in time; missed: cancelled by the system; moot: the proposal was taken back or replaced; pending',
      cancelled_at: 'when the system cancelled it',
      late_ms: 'how long after the deadline it did',
    },
    sql: `
      SELECT request_id, coach_id, client_id, requester, round, awaiting, proposed_at, respond_by,
        epoch_ms(starts_at) - epoch_ms(respond_by) AS before_start_ms, lead_ms, lead_tier, policy_id,
        CASE WHEN ending IS NULL THEN 'pending'
          WHEN ending IN ('accepted', 'rejected', 'countered') THEN 'met'
          WHEN ending = 'unanswered' THEN 'missed'
          ELSE 'moot'
        END AS fate,
        CASE WHEN ending = 'unanswered' THEN ended_at END AS cancelled_at,
        CASE WHEN ending = 'unanswered' THEN -time_left_ms END AS late_ms
      FROM proposals`,
  },
];
