import { knownAt, streamOf, type DatedState } from '@hse/contracts';
import { toEpochMs, type Instant } from '@hse/session-requests';
import { defineCommand, Failure, WrongUse } from '../command.ts';
import type { History } from '../history.ts';
import type { Io } from '../io.ts';
import type { Identities } from '../rows/identities.ts';
import { requestAt, type RequestAt } from '../state-at/request-at.ts';
import { createStatesAt, type StatesAt } from '../state-at/states-at.ts';
import { count, duration, minute, textTable } from '../text-table.ts';
import { walk } from '../walk.ts';
import { historyOptions, openHistory } from './open-history.ts';
import { identityOptions, parseInstant, readIdentities } from './row-options.ts';

/** `replay state`: the session requests, a calendar and pending actions as they were. */
export const state = defineCommand({
  summary:
    'what was so at an instant: a request, a calendar, pending actions, or how many of each there were',
  usage: '--at <instant> [--request <id> | --participant <id>] [options]',
  examples: [
    ['state --at 2026-11-23T09:00:00Z', 'what was open, and what had become of the rest'],
    [
      'state --at 2026-11-23T09:00:00Z --participant p-chloe',
      'the calendar and the pending actions of one participant',
    ],
    [
      'state --at 2026-11-23T09:00:00Z --request 019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60 --json',
      'one request, for programs',
    ],
  ],
  options: {
    at: {
      type: 'string',
      value: '<instant>',
      meaning: 'a day (its beginning in UTC) or an instant, inclusive',
    },
    request: { type: 'string', value: '<id>', meaning: 'only this request, by its id or its pseudonym' },
    participant: {
      type: 'string',
      value: '<id>',
      meaning: "one participant's calendar and pending actions, by their id or their pseudonym",
    },
    json: { type: 'boolean', meaning: 'JSON, complete' },
    limit: { type: 'string', value: '<rows>', meaning: 'most rows of a table for people', default: '40' },
    ...identityOptions,
    ...historyOptions,
  },
  run: async ({ values }, io) => {
    if (values.at === undefined) throw new WrongUse('--at says which instant: --at 2026-11-23T09:00:00Z');
    const at = parseInstant('--at', values.at);
    if (values.request !== undefined && values.participant !== undefined)
      throw new WrongUse('Either --request or --participant.');
    const limit = Number(values.limit);
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new WrongUse('--limit takes a whole number from 1 on.');
    const naming = readIdentities(values, io);
    const { identities } = naming;
    const { history } = await openHistory(values, io);
    try {
      const show = (known: DatedState): RequestAt => requestAt(known, at, naming);
      if (values.request !== undefined) {
        const known = await oneAt(history, io, at, values.request, identities);
        if (!known) throw new Failure(`There was no request ${values.request} at ${at}.`);
        print(io, values.json, { at, request: show(known) }, () => requestLines(show(known), at));
      } else if (values.participant !== undefined) {
        const isMeant = meaning(values.participant, (id) => identities.participant(id));
        const found = await statesAt(
          history,
          io,
          at,
          (data) => isMeant(data.coachId) || isMeant(data.clientId),
        );
        const calendar = found.requests.map(show).toSorted(bySlot);
        if (calendar.length === 0) throw new Failure(`${values.participant} had no requests at ${at}.`);
        const me = isMeant(found.requests[0]?.state.coachId ?? '') ? 'coachId' : 'clientId';
        const participantId = calendar[0]?.[me];
        const pendingActions = calendar
          .filter(({ awaited }) => awaited?.participantId === participantId)
          .toSorted(byDeadline);
        print(io, values.json, { at, participantId, calendar, pendingActions }, () => [
          ...tableOf(`Pending actions of ${participantId} at ${at}`, pendingActions, at, limit),
          '',
          ...tableOf(`Their calendar: ${count(calendar.length)} requests`, calendar, at, limit),
        ]);
      } else {
        const found = await statesAt(history, io, at);
        const open = found.requests.map(show).toSorted(byDeadline);
        print(
          io,
          values.json,
          { at, events: found.events, counts: found.counts, upcoming: found.upcoming, open },
          () => [
            `${count(found.events)} events had been recorded at ${at}.`,
            '',
            ...textTable(
              ['status', 'requests'],
              [...Object.entries(found.counts), ['accepted, and yet to begin', found.upcoming]],
            ),
            '',
            ...tableOf(`On the table: ${count(open.length)}, the soonest deadline first`, open, at, limit),
          ],
        );
      }
      return 0;
    } finally {
      await history.close();
    }
  },
});

const print = (io: Io, json: boolean, result: object, lines: () => string[]): void => {
  if (json) io.print(JSON.stringify(result, undefined, 2));
  else for (const line of lines()) io.print(line);
};

const statesAt = async (
  history: History,
  io: Io,
  at: Instant,
  keep?: Parameters<typeof createStatesAt>[1],
): Promise<StatesAt> => {
  const states = createStatesAt(at, keep);
  await walk(history, io, 'read', (event) => states.next(event));
  return states.end(history);
};

/** Where a stream can be read, the log need not be. */
const oneAt = async (
  history: History,
  io: Io,
  at: Instant,
  request: string,
  identities: Identities,
): Promise<DatedState | undefined> => {
  const events = (await history.readStream?.(streamOf({ requestId: request }))) ?? [];
  if (events.length > 0) return knownAt(events, at);
  const isMeant = meaning(request, (id) => identities.request(id));
  return (await statesAt(history, io, at, ({ requestId }) => isMeant(requestId))).requests[0];
};

/** Whether an id is the one that is meant: by its own name, or by its pseudonym. */
const meaning = (wanted: string, named: (id: string) => string): ((id: string) => boolean) =>
  /^[0-9a-f]{32}$/.test(wanted) ? (id) => id === wanted || named(id) === wanted : (id) => id === wanted;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const bySlot = (a: RequestAt, b: RequestAt): number =>
  compare(a.slot.startsAt, b.slot.startsAt) || compare(a.requestId, b.requestId);

/** What awaits no answer comes last, by its slot. */
const byDeadline = (a: RequestAt, b: RequestAt): number =>
  compare(a.awaited?.until ?? '~', b.awaited?.until ?? '~') || bySlot(a, b);

const tableOf = (title: string, requests: readonly RequestAt[], at: Instant, limit: number): string[] => {
  if (requests.length === 0) return [`${title}: none.`];
  const rows = requests
    .slice(0, limit)
    .map((request) => [
      request.requestId,
      request.status,
      minute(request.slot.startsAt),
      request.coachId,
      request.clientId,
      waiting(request, at),
    ]);
  const rest = requests.length - rows.length;
  return [
    `${title}.`,
    '',
    ...textTable(['request', 'status', 'starts (UTC)', 'coach', 'client', 'awaits'], rows),
    ...(rest > 0 ? [`… and ${count(rest)} more; --limit shows them, --json all.`] : []),
  ];
};

const waiting = ({ awaited, proposal }: RequestAt, at: Instant): string => {
  if (awaited) return `${awaited.role}, ${duration(toEpochMs(awaited.until) - toEpochMs(at))} left`;
  return proposal ? 'nobody any more: the time is over' : '';
};

const requestLines = (request: RequestAt, at: Instant): string[] => {
  const span = ({ startsAt, endsAt }: RequestAt['slot']): string => `${startsAt} to ${endsAt}`;
  const { proposal, outcome } = request;
  const rows: [string, string | undefined][] = [
    ['request', request.requestId],
    ['at', at],
    ['status', request.status],
    ['coach', request.coachId],
    ['client', request.clientId],
    ['requested by', request.requestedBy],
    ['agreed', request.agreed ? span(request.agreed) : undefined],
    ['on the table', proposal ? `${span(proposal.slot)}, proposed by the ${proposal.proposedBy}` : undefined],
    ['note', proposal?.note],
    ['awaits', waiting(request, at) || undefined],
    ['respond by', proposal ? `${proposal.respondBy}, by policy ${proposal.policyId}` : undefined],
    ['outcome', outcome ? [outcome.by, outcome.cause, outcome.reason].filter(Boolean).join(', ') : undefined],
    ['revision', `${request.revision}, recorded ${request.changedAt}`],
    ['round', String(request.round)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(13)} ${value}`]));
};
