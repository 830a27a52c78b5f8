// Generated from the OpenAPI document by `npm run generate`; not to be edited.

export interface paths {
  '/api/v1/session-requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * My calendar
     * @description My session requests by the start of their slot, soonest first. With `asOf`, as it was at that instant: each page is sorted like that in itself, follows today's calendar as a whole, and looks at 500 of my session requests at most, so that it can hold fewer than `limit`, or none, and still have a `nextCursor`.
     */
    get: operations['listSessionRequests'];
    put?: never;
    /** Ask the other party for a session */
    post: operations['requestSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Agree to the slot on the table */
    post: operations['acceptSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}/reject': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Decline the slot on the table
     * @description An agreed slot stands when a change to it is declined.
     */
    post: operations['rejectSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}/adjust': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Put another slot on the table */
    post: operations['adjustSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End the request, or take back a change */
    post: operations['cancelSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/pending-actions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What awaits my answer
     * @description The session requests that I have to answer, soonest deadline first. With `asOf`, as it was at that instant: each page is sorted like that in itself, follows today's calendar as a whole, and looks at 500 of my session requests at most, so that it can hold fewer than `limit`, or none, and still have a `nextCursor`.
     */
    get: operations['listPendingActions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One session request
     * @description With `asOf`, as it was at that instant: without an ETag, because nothing can be decided on a state of the past. Who was what is as the log has it; names and time zones are those of today.
     */
    get: operations['getSessionRequest'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session-requests/{id}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that happened to it
     * @description The events of a session request, oldest first.
     */
    get: operations['getHistory'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/slot-preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What proposing a slot would mean
     * @description By when the other party would have to answer, or why the slot would be refused, and what else I have at that time. Nothing is recorded or reserved. Exactly one of `with` and `adjust` has to be given.
     */
    get: operations['previewSlot'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who I am, and how much awaits me */
    get: operations['getMe'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/participants': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The directory to pick the other party from
     * @description By name.
     */
    get: operations['listParticipants'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/notifications': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What happened, with reasons
     * @description Newest first.
     */
    get: operations['listNotifications'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/notifications/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Mark notifications as read
     * @description The mark only moves forward.
     */
    post: operations['markNotificationsRead'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What changes for me, as it changes
     * @description Server-sent events. First `ready` (LiveReady), then one `session-request` (LiveChange) for each change of a session request of mine; the id of an event is its position in the log. With Last-Event-ID: what changed since, at most one event for each session request, then what comes. A comment every 15 s is a sign of life. Ends when the token expires, after a log-out, when the participant takes part no more and when the server stops; a reader that is too slow is cut off. Resume with the last id.
     */
    get: operations['listen'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What works at present, and since when
     * @description For people and pages. Whoever decides where requests go asks `/readyz`. Details are in `/api/v1/admin/health`.
     */
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/livez': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The process answers, and has not got stuck by itself */
    get: operations['livez'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether requests are better sent here than elsewhere
     * @description What no request can be served without works. Where commands cannot be executed at present the gateway is ready all the same: everything else goes on.
     */
    get: operations['readyz'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/participants/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A participant as they were put */
    get: operations['getParticipant'];
    /**
     * Say who takes part
     * @description The id is the `sub` of their tokens. Safe to repeat: the same body changes nothing. Every gateway goes by it within seconds. With `active: false` they take part no more: their tokens are refused, nobody can ask them, and their sessions stay as they are. A role stays once there is a session request with them. With If-Match, only that version is replaced; without, the last writer counts.
     */
    put: operations['putParticipant'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/parked-streams': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Session requests that a follower of the log does not follow at present, and why */
    get: operations['listParkedStreams'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/parked-streams/{group}/{stream}/retry': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Have the follower try it again, from the event that failed
     * @description It is off the list once that has succeeded, and parked again when it fails. Also takes back that it was discarded.
     */
    post: operations['retryParkedStream'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/parked-streams/{group}/{stream}/discard': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Leave it out for good
     * @description What the follower makes of this session request stays as it is; the events stay in the log. It stays on the list.
     */
    post: operations['discardParkedStream'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/session-requests/{id}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that was recorded of a session request
     * @description All events with their metadata, as they are in the log: also what the two parties wrote to each other. Who looks says why, and that is in the audit trail before anything is shown.
     */
    get: operations['getRecordedHistory'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who has done what, and why
     * @description Newest first. Records are added and never changed; one may be there of what failed afterwards.
     */
    get: operations['listAuditRecords'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/admin/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this gateway depends on: what is down, since when, and what that means */
    get: operations['getHealthDetails'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/clock': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What the simulated clock reads */
    get: operations['getClock'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/clock/advance': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Jump forward
     * @description Answers when everything that fell due has been carried out and can be seen.
     */
    post: operations['advanceClock'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    NewSessionRequest: {
      /** @description Id of the other party, who has the other role. */
      with: string;
      /**
       * Format: date-time
       * @description Start of the session, inclusive.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description End of the session, exclusive.
       */
      endsAt: string;
      /** @description For the other party to read. */
      note?: string;
    };
    Adjustment: {
      /**
       * Format: date-time
       * @description Start of the session, inclusive.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description End of the session, exclusive.
       */
      endsAt: string;
      note?: string;
    };
    Acceptance: Record<string, unknown>;
    Rejection: {
      reason?: string;
    };
    Cancellation: {
      /**
       * @description `session` (default) ends the whole request; `change` takes back a change to an agreed slot, which then stands.
       * @enum {string}
       */
      what?: 'session' | 'change';
      reason?: string;
    };
    ReadMark: {
      /** @description Id of the newest notification that was read. Default: all there are. */
      upTo?: string;
    };
    ClockAdvance: {
      /**
       * Format: date-time
       * @description Later than the present reading, and in the year 9998 at the latest.
       */
      to: string;
    };
    PageQuery: {
      /** @description `nextCursor` of the page before, as it is. */
      cursor?: string;
      /** @description Most items on one page. Default 50. */
      limit?: number;
    };
    ParticipantsQuery: {
      /**
       * @description Only participants of this role.
       * @enum {string}
       */
      role?: 'coach' | 'client';
      /** @description Part of the name, regardless of case and accents. */
      q?: string;
      /** @description `nextCursor` of the page before, as it is. */
      cursor?: string;
      /** @description Most items on one page. Default 50. */
      limit?: number;
    };
    CalendarQuery: {
      /**
       * Format: date-time
       * @description Only what overlaps the time from this instant (inclusive).
       */
      from?: string;
      /**
       * Format: date-time
       * @description Only what overlaps the time to this instant (exclusive).
       */
      to?: string;
      /** @description Only these; separated by commas, or repeated. Default: all. */
      status?: ('pending' | 'accepted' | 'adjusting' | 'rejected' | 'cancelled')[];
      /**
       * Format: date-time
       * @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions.
       */
      asOf?: string;
      /** @description `nextCursor` of the page before, as it is. */
      cursor?: string;
      /** @description Most items on one page. Default 50. */
      limit?: number;
    };
    PendingActionsQuery: {
      /**
       * Format: date-time
       * @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions.
       */
      asOf?: string;
      /** @description `nextCursor` of the page before, as it is. */
      cursor?: string;
      /** @description Most items on one page. Default 50. */
      limit?: number;
    };
    SlotPreviewQuery: {
      /**
       * Format: date-time
       * @description Start of the session, inclusive.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description End of the session, exclusive.
       */
      endsAt: string;
      /** @description Id of the party that would be asked for a new session. */
      with?: string;
      /** @description Id of the session request that would be adjusted. */
      adjust?: string;
    };
    FreshnessQuery: {
      /** @description Waits until this revision or a later one can be read. */
      atLeast?: number;
    };
    SessionRequestQuery: {
      /**
       * Format: date-time
       * @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions.
       */
      asOf?: string;
      /** @description Waits until this revision or a later one can be read. */
      atLeast?: number;
    };
    PartyView: {
      id: string;
      name: string;
      /** @description IANA name. */
      timeZone: string;
      /** @description Where their picture is: an https URL, or a path on this origin. */
      picture?: string;
    };
    ParticipantView: {
      id: string;
      name: string;
      /** @enum {string} */
      role: 'coach' | 'client';
      /** @description IANA name. */
      timeZone: string;
      /** @description Where their picture is: an https URL, or a path on this origin. */
      picture?: string;
    };
    MeView: {
      id: string;
      /** @enum {string} */
      role: 'coach' | 'client';
      name: string;
      /** @description IANA name. */
      timeZone: string;
      /** @description Where their picture is: an https URL, or a path on this origin. */
      picture?: string;
      /** @description How many session requests await their answer. */
      pendingActions: number;
      /**
       * Format: date-time
       * @description What the clock of the service reads: deadlines are counted by it. It can be a simulated one.
       */
      now: string;
    };
    SlotView: {
      /**
       * Format: date-time
       * @description Start of the session, inclusive.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description End of the session, exclusive.
       */
      endsAt: string;
    };
    ProposalView: {
      /**
       * Format: date-time
       * @description Start of the session, inclusive.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description End of the session, exclusive.
       */
      endsAt: string;
      note?: string;
      /** @enum {string} */
      proposedBy: 'coach' | 'client';
      /**
       * @description Who must answer.
       * @enum {string}
       */
      awaiting: 'coach' | 'client';
      /**
       * Format: date-time
       * @description An answer is in time before this instant.
       */
      respondBy: string;
      /** @description 1 for the request, +1 for each adjustment. */
      round: number;
      /** @description The expiry policy that the deadline was computed with. */
      policyId: string;
      /** @description Why `respondBy` is when it is, for people to read. Missing when the policy of that time is no longer in force. */
      respondByRule?: string;
    };
    OutcomeView: {
      /** @enum {string} */
      by: 'coach' | 'client' | 'system';
      /**
       * @description Missing when it was rejected.
       * @enum {string}
       */
      cause?: 'withdrawn' | 'called-off' | 'no-response';
      reason?: string;
      /** Format: date-time */
      at: string;
    };
    SessionRequestView: {
      id: string;
      /** @enum {string} */
      status: 'pending' | 'accepted' | 'adjusting' | 'rejected' | 'cancelled';
      /** @description The ETag is this number in quotes. */
      revision: number;
      coach: components['schemas']['PartyView'];
      client: components['schemas']['PartyView'];
      /** @enum {string} */
      requestedBy: 'coach' | 'client';
      /** @description Where the calendar shows it: the agreed slot; where there is none, that which is, or was last, on the table. */
      slot: components['schemas']['SlotView'];
      /** @description What both sides have accepted. */
      agreed: components['schemas']['SlotView'] | null;
      proposal: components['schemas']['ProposalView'] | null;
      /** @description Null while the request is open. */
      outcome: components['schemas']['OutcomeView'] | null;
      /** @description What who asks may do now. */
      allowedActions: ('accept' | 'adjust' | 'reject' | 'cancel-session' | 'cancel-change')[];
    };
    SlotRefusalView: {
      /**
       * @description The code of the problem that proposing it would be answered with.
       * @enum {string}
       */
      code:
        | 'already-closed'
        | 'session-started'
        | 'deadline-passed'
        | 'slot-unchanged'
        | 'invalid-duration'
        | 'slot-in-past'
        | 'notice-too-short'
        | 'too-far-ahead'
        | 'same-role';
      detail: string;
    };
    SlotPreviewView: {
      /**
       * @description Who would have to answer.
       * @enum {string}
       */
      awaiting: 'coach' | 'client';
      /**
       * Format: date-time
       * @description An answer would be in time before this instant. Missing when it would be refused.
       */
      respondBy?: string;
      /** @description Why `respondBy` is when it is, for people to read. */
      respondByRule?: string;
      /** @description Why it would be refused. */
      refusal?: components['schemas']['SlotRefusalView'];
      /** @description My open session requests at that time, by their start, 50 at most; not the adjusted one. */
      overlaps: components['schemas']['SessionRequestView'][];
    };
    SessionRequestList: {
      items: components['schemas']['SessionRequestView'][];
      /** @description Asks for the next page. Missing on the last one. */
      nextCursor?: string;
    };
    ParticipantList: {
      items: components['schemas']['ParticipantView'][];
      /** @description Asks for the next page. Missing on the last one. */
      nextCursor?: string;
    };
    HistoryItem: {
      /** @enum {string} */
      type:
        'SessionRequested' | 'SessionAccepted' | 'SessionRejected' | 'SessionAdjusted' | 'SessionCancelled';
      revision: number;
      /** Format: date-time */
      at: string;
      data: Record<string, unknown>;
    };
    HistoryList: {
      items: components['schemas']['HistoryItem'][];
    };
    NotificationView: {
      /** @description Greater than that of every earlier one. */
      id: string;
      requestId: string;
      /** @enum {string} */
      type:
        'SessionRequested' | 'SessionAccepted' | 'SessionRejected' | 'SessionAdjusted' | 'SessionCancelled';
      revision: number;
      /** Format: date-time */
      at: string;
      read: boolean;
      /** @description For people to read; times are those of the reader’s time zone. */
      message: string;
      /** @description What the other party gave as their reason. */
      reason?: string;
      /** @description The other party. */
      other: components['schemas']['PartyView'];
      /** @description The slot it is about: the proposed one, the one that was answered or taken back, or the agreed one that was called off. */
      slot?: components['schemas']['SlotView'];
      /**
       * @description Who has to answer a proposal; of an automatic cancellation, who did not answer.
       * @enum {string}
       */
      awaiting?: 'coach' | 'client';
      /** @description Payload of the event. */
      data: Record<string, unknown>;
    };
    NotificationList: {
      items: components['schemas']['NotificationView'][];
      /** @description Asks for the next page. Missing on the last one. */
      nextCursor?: string;
      /** @description How many of all notifications are unread. */
      unread: number;
    };
    UnreadView: {
      unread: number;
    };
    ClockView: {
      /** Format: date-time */
      now: string;
    };
    LiveChange: {
      id: string;
      revision: number;
      /** @enum {string} */
      status: 'pending' | 'accepted' | 'adjusting' | 'rejected' | 'cancelled';
      /**
       * @description What happened last.
       * @enum {string}
       */
      event:
        'SessionRequested' | 'SessionAccepted' | 'SessionRejected' | 'SessionAdjusted' | 'SessionCancelled';
      /** @description How many session requests await the listener’s answer now. */
      pendingActions: number;
      /**
       * Format: date-time
       * @description What the clock of the service reads: deadlines are counted by it. It can be a simulated one.
       */
      now: string;
      /** @description The session request as the listener sees it. */
      current: components['schemas']['SessionRequestView'];
    };
    LiveReady: {
      /** @description Position of the log up to which the read models were filled. */
      position: number;
      /** @description False: whatever was fetched before may be out of date; fetch it again. */
      resumed: boolean;
      pendingActions: number;
      /**
       * Format: date-time
       * @description What the clock of the service reads: deadlines are counted by it. It can be a simulated one.
       */
      now: string;
    };
    Fault: {
      /** @description JSON pointer, the first part says where: `/body/startsAt`, `/query/limit`. */
      path: string;
      message: string;
    };
    ProblemView: {
      /** @description Identifies the kind of problem; `code` says the same. */
      type: string;
      title: string;
      status: number;
      detail: string;
      /** @description Stable; see the table of codes. */
      code: string;
      /** @description The faults of an invalid request. */
      errors?: components['schemas']['Fault'][];
      /** @description With `conflict`: the present state. */
      current?: components['schemas']['SessionRequestView'];
      /** @description Of a failure of the server (5xx): by what it is found in the logs. The header `x-request-id` says the same. */
      httpRequestId?: string;
    };
    HealthView: {
      /**
       * @description `degraded`: of use all the same.
       * @enum {string}
       */
      status: 'ok' | 'degraded' | 'down';
      /**
       * Format: date-time
       * @description Since when, as far as this process knows.
       */
      since: string;
      /** @description Whether people can `read`, `change`, get `live-updates`, and count on `automatic-cancellations`. */
      works: Record<string, unknown>;
      /** @description What does not work, in words. */
      summary: string;
    };
    DependencyView: {
      name: string;
      ok: boolean;
      /** Format: date-time */
      since: string;
      /** @description What is wrong. */
      detail?: string;
      /** @description What that means for people. */
      means?: string;
    };
    HealthDetails: {
      dependencies: components['schemas']['DependencyView'][];
      /**
       * @description `degraded`: of use all the same.
       * @enum {string}
       */
      status: 'ok' | 'degraded' | 'down';
      /**
       * Format: date-time
       * @description Since when, as far as this process knows.
       */
      since: string;
      /** @description Whether people can `read`, `change`, get `live-updates`, and count on `automatic-cancellations`. */
      works: Record<string, unknown>;
      /** @description What does not work, in words. */
      summary: string;
    };
    ParticipantEntry: {
      /**
       * @description Stays once there are session requests with them.
       * @enum {string}
       */
      role: 'coach' | 'client';
      name: string;
      /** @description IANA name. */
      timeZone: string;
      /** @description Shown to nobody. */
      email?: string;
      /** @description Where their picture is: an https URL, or a path on this origin. */
      picture?: string;
      /** @description False: takes part no more; sessions stay as they are. Default: true. */
      active?: boolean;
    };
    Decision: {
      /** @description Why; for the audit trail. No personal data. */
      reason: string;
    };
    ReasonQuery: {
      /** @description Why; for the audit trail. No personal data. */
      reason: string;
    };
    ParkedStreamsQuery: {
      /** @description Only those of this follower of the log. */
      group?: string;
    };
    AuditQuery: {
      /** @description Only what was done to this: the id of a participant or a session request, or a stream. */
      target?: string;
      /** @description `nextCursor` of the page before, as it is. */
      cursor?: string;
      /** @description Most items on one page. Default 50. */
      limit?: number;
    };
    KeptParticipant: {
      id: string;
      /** @enum {string} */
      role: 'coach' | 'client';
      name: string;
      /** @description IANA name. */
      timeZone: string;
      email?: string;
      /** @description Where their picture is: an https URL, or a path on this origin. */
      picture?: string;
      /** @description False: takes part no more. */
      active: boolean;
    };
    ParkedStreamView: {
      /** @description The follower. */
      group: string;
      stream: string;
      partition: number;
      /** @description Of the first event that has no effect yet. */
      fromRevision: number;
      /** @description Why it failed. */
      reason: string;
      attempts: number;
      /** Format: date-time */
      parkedAt: string;
      /**
       * @description `parked`: somebody has to decide. `retry`: about to be tried. `discarded`: left out for good.
       * @enum {string}
       */
      state: 'parked' | 'retry' | 'discarded';
    };
    ParkedStreamList: {
      items: components['schemas']['ParkedStreamView'][];
    };
    RecordedEventView: {
      id: string;
      /** @enum {string} */
      type:
        'SessionRequested' | 'SessionAccepted' | 'SessionRejected' | 'SessionAdjusted' | 'SessionCancelled';
      revision: number;
      /** @description In the whole log. */
      position: number;
      /** @description The payload. */
      data: Record<string, unknown>;
      /** @description Who or what caused it, by which command, when. */
      metadata: Record<string, unknown>;
    };
    RecordedHistory: {
      items: components['schemas']['RecordedEventView'][];
    };
    AuditRecordView: {
      id: string;
      /** Format: date-time */
      at: string;
      /** @description `sub` of the token. */
      subject: string;
      /** @description The client that the token was issued to. */
      client?: string;
      /** @enum {string} */
      action:
        | 'participant-created'
        | 'participant-changed'
        | 'history-read'
        | 'stream-retried'
        | 'stream-discarded';
      /** @description What it was done to. */
      target: string;
      reason?: string;
      detail?: string;
      /** @description Of the HTTP request. */
      requestId: string;
    };
    AuditList: {
      items: components['schemas']['AuditRecordView'][];
      /** @description Missing on the last page. */
      nextCursor?: string;
    };
  };
  responses: never;
  parameters: {
    /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
    IdempotencyKey: string;
    /** @description The ETag of the state that is to be replaced, exactly one. Default: whatever is there. */
    OptionalIfMatch: string;
    /** @description The ETag of the state that was decided on, exactly one. */
    IfMatch: string;
    /** @description Id of the last event received: resume after it. */
    LastEventId: string;
  };
  requestBodies: never;
  headers: {
    /** @description The revision in quotes. */
    ETag: string;
    /** @description Where it can be read. */
    Location: string;
    /** @description Seconds to wait. */
    RetryAfter: string;
    /** @description RFC 6750. */
    WwwAuthenticate: string;
    /** @description What can be done here. */
    Allow: string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listSessionRequests: {
    parameters: {
      query?: {
        /** @description Only what overlaps the time from this instant (inclusive). */
        from?: string;
        /** @description Only what overlaps the time to this instant (exclusive). */
        to?: string;
        /** @description Only these; separated by commas, or repeated. Default: all. */
        status?: ('pending' | 'accepted' | 'adjusting' | 'rejected' | 'cancelled')[];
        /** @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions. */
        asOf?: string;
        /** @description `nextCursor` of the page before, as it is. */
        cursor?: string;
        /** @description Most items on one page. Default 50. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestList'];
        };
      };
      /** @description Bad Request: `invalid-request`, `as-of-in-future` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  requestSession: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path?: never;
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['NewSessionRequest'];
      };
    };
    responses: {
      /** @description The new session request. */
      201: {
        headers: {
          ETag: components['headers']['ETag'];
          Location: components['headers']['Location'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused`, `same-role`, `unknown-other-party`, `slot-in-past`, `notice-too-short`, `too-far-ahead`, `invalid-duration` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  acceptSession: {
    parameters: {
      query?: never;
      header: {
        /** @description The ETag of the state that was decided on, exactly one. */
        'If-Match': components['parameters']['IfMatch'];
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody?: {
      content: {
        'application/json': components['schemas']['Acceptance'];
      };
    };
    responses: {
      /** @description The new state. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request`, `not-awaited` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Conflict: `already-closed`, `session-started`, `nothing-proposed`, `deadline-passed` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Failed: `conflict` */
      412: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused`, `unknown-other-party` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Required: `if-match-required` */
      428: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  rejectSession: {
    parameters: {
      query?: never;
      header: {
        /** @description The ETag of the state that was decided on, exactly one. */
        'If-Match': components['parameters']['IfMatch'];
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody?: {
      content: {
        'application/json': components['schemas']['Rejection'];
      };
    };
    responses: {
      /** @description The new state. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request`, `not-awaited` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Conflict: `already-closed`, `session-started`, `nothing-proposed`, `deadline-passed` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Failed: `conflict` */
      412: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Required: `if-match-required` */
      428: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  adjustSession: {
    parameters: {
      query?: never;
      header: {
        /** @description The ETag of the state that was decided on, exactly one. */
        'If-Match': components['parameters']['IfMatch'];
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['Adjustment'];
      };
    };
    responses: {
      /** @description The new state. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Conflict: `already-closed`, `session-started`, `deadline-passed` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Failed: `conflict` */
      412: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused`, `unknown-other-party`, `slot-unchanged`, `slot-in-past`, `notice-too-short`, `too-far-ahead`, `invalid-duration` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Required: `if-match-required` */
      428: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  cancelSession: {
    parameters: {
      query?: never;
      header: {
        /** @description The ETag of the state that was decided on, exactly one. */
        'If-Match': components['parameters']['IfMatch'];
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody?: {
      content: {
        'application/json': components['schemas']['Cancellation'];
      };
    };
    responses: {
      /** @description The new state. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request`, `not-the-requester` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Conflict: `already-closed`, `session-started`, `nothing-proposed`, `deadline-passed` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Failed: `conflict` */
      412: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Required: `if-match-required` */
      428: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listPendingActions: {
    parameters: {
      query?: {
        /** @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions. */
        asOf?: string;
        /** @description `nextCursor` of the page before, as it is. */
        cursor?: string;
        /** @description Most items on one page. Default 50. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestList'];
        };
      };
      /** @description Bad Request: `invalid-request`, `as-of-in-future` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getSessionRequest: {
    parameters: {
      query?: {
        /** @description As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions. */
        asOf?: string;
        /** @description Waits until this revision or a later one can be read. */
        atLeast?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its state. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionRequestView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `as-of-in-future` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable`, `read-model-behind` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getHistory: {
    parameters: {
      query?: {
        /** @description Waits until this revision or a later one can be read. */
        atLeast?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HistoryList'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable`, `read-model-behind` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  previewSlot: {
    parameters: {
      query: {
        /** @description Start of the session, inclusive. */
        startsAt: string;
        /** @description End of the session, exclusive. */
        endsAt: string;
        /** @description Id of the party that would be asked for a new session. */
        with?: string;
        /** @description Id of the session request that would be adjusted. */
        adjust?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As of now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SlotPreviewView'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-a-party` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `unknown-other-party` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The participant that the token belongs to. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['MeView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listParticipants: {
    parameters: {
      query?: {
        /** @description Only participants of this role. */
        role?: 'coach' | 'client';
        /** @description Part of the name, regardless of case and accents. */
        q?: string;
        /** @description `nextCursor` of the page before, as it is. */
        cursor?: string;
        /** @description Most items on one page. Default 50. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ParticipantList'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listNotifications: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before, as it is. */
        cursor?: string;
        /** @description Most items on one page. Default 50. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['NotificationList'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  markNotificationsRead: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path?: never;
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReadMark'];
      };
    };
    responses: {
      /** @description How many are unread now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreadView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listen: {
    parameters: {
      query?: never;
      header?: {
        /** @description Id of the last event received: resume after it. */
        'Last-Event-ID'?: components['parameters']['LastEventId'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A stream without end. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests`, `too-many-connections` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getHealth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As seen from this process; also 200 when something is down. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HealthView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  livez: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description So it is. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, unknown>;
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `not-ready` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  readyz: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The checks, by name. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, unknown>;
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `not-ready` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getParticipant: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The participant. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['KeptParticipant'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-found` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  putParticipant: {
    parameters: {
      query?: never;
      header?: {
        /** @description The ETag of the state that is to be replaced, exactly one. Default: whatever is there. */
        'If-Match'?: components['parameters']['OptionalIfMatch'];
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['ParticipantEntry'];
      };
    };
    responses: {
      /** @description They take part like this. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['KeptParticipant'];
        };
      };
      /** @description They were not known before. */
      201: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['KeptParticipant'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Conflict: `role-fixed` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Precondition Failed: `conflict` */
      412: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listParkedStreams: {
    parameters: {
      query?: {
        /** @description Only those of this follower of the log. */
        group?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them, by group and stream. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ParkedStreamList'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  retryParkedStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        group: string;
        stream: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['Decision'];
      };
    };
    responses: {
      /** @description It is about to be tried. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ParkedStreamView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-found` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  discardParkedStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        group: string;
        stream: string;
      };
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['Decision'];
      };
    };
    responses: {
      /** @description It is left out. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ParkedStreamView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-found` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getRecordedHistory: {
    parameters: {
      query: {
        /** @description Why; for the audit trail. No personal data. */
        reason: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The events, oldest first. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RecordedHistory'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Not Found: `not-found` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  listAuditRecords: {
    parameters: {
      query?: {
        /** @description Only what was done to this: the id of a participant or a session request, or a stream. */
        target?: string;
        /** @description `nextCursor` of the page before, as it is. */
        cursor?: string;
        /** @description Most items on one page. Default 50. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditList'];
        };
      };
      /** @description Bad Request: `invalid-request` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getHealthDetails: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As seen from this process. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HealthDetails'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `insufficient-scope` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  getClock: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The reading. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ClockView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
  advanceClock: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat: 1 to 255 visible ASCII characters, a new one for each new request. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path?: never;
      cookie?: never;
    };
    /** @description Up to 16384 bytes. */
    requestBody: {
      content: {
        'application/json': components['schemas']['ClockAdvance'];
      };
    };
    responses: {
      /** @description The reading afterwards. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ClockView'];
        };
      };
      /** @description Bad Request: `invalid-request`, `malformed-json` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unauthorized: `unauthenticated` */
      401: {
        headers: {
          'WWW-Authenticate': components['headers']['WwwAuthenticate'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Forbidden: `unknown-participant`, `cross-site-request` */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Request Timeout: `request-timeout` */
      408: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Payload Too Large: `body-too-large` */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unsupported Media Type: `unsupported-media-type` */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Unprocessable Entity: `idempotency-key-reused`, `clock-not-forward` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Too Many Requests: `too-many-requests` */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Internal Server Error: `internal-error` */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Service Unavailable: `overloaded`, `unavailable` */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
      /** @description Insufficient Storage: `storage-full` */
      507: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['ProblemView'];
        };
      };
    };
  };
}
