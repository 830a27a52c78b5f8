/**
 * Every text of the app in English. Another language is another file of this shape; sentences with parts are functions, so
 * that a language can put the parts where it wants them.
 */
export const en = {
  product: 'Sessions',
  skipToContent: 'Skip to content',
  loading: 'Loading …',
  tryAgain: 'Try again',
  working: 'Working …',
  partFailed: 'This part of the page could not be loaded. Perhaps there is a newer version of it.',
  reload: 'Reload the page',

  charactersLeft: (left: number) =>
    left >= 0
      ? `${left} ${left === 1 ? 'character' : 'characters'} left`
      : `${-left} ${left === -1 ? 'character' : 'characters'} too many`,

  roles: { coach: 'coach', client: 'client' },
  status: {
    pending: 'Pending',
    agreed: 'Agreed',
    adjusting: 'Change proposed',
    closed: 'Closed',
    rejected: 'Rejected',
    cancelled: 'Cancelled',
  },

  welcome: {
    title: 'Sessions that both sides said yes to',
    lead: 'Ask for a session, answer, propose another time. What nobody answers in time is cancelled automatically, by a published rule.',
    logIn: 'Log in',
    logInAgain:
      'The log-in did not hold. If your browser blocks cookies of this site, allow them and log in again.',
    noParticipant: {
      title: 'You are logged in, but not a participant here',
      lead: 'Your account is known to the issuer, and nobody has made it a coach or a client yet. Ask whoever runs this service, or log in with another account.',
    },
    leaving: 'Taking you to the log-in …',
  },

  shell: {
    home: 'Sessions, to the calendar',
    menu: 'Menu',
    profileMenu: (name: string) => `${name}: your menu`,
    sessions: 'Sessions',
    settings: 'Settings',
    logOut: 'Log out',
    loggingOut: 'Logging out …',
    logOutFailed: 'You are still logged in: the server could not be reached. Try again.',
    timeZone: (zone: string) => `Times are shown for ${zone}`,
  },

  connection: {
    lost: 'Connection lost. What you see may be out of date. Trying again …',
    back: 'Connected again. Everything is up to date.',
  },

  /** Said when it happens. */
  news: {
    accepted: (name: string) => `${name} has accepted.`,
    rejected: (name: string) => `${name} has rejected your proposal.`,
    unanswered: (name: string) =>
      `The request between you and ${name} was cancelled automatically: there was no answer in time.`,
    changeEnded: (name: string) =>
      `The change to the session with ${name} is off the table. The agreed time stands.`,
    withdrawn: (name: string) => `${name} took the request back.`,
    calledOff: (name: string) => `${name} cancelled your session.`,
  },

  pending: {
    title: 'Pending actions',
    count: (count: number) =>
      count === 0
        ? 'Nothing awaits your answer'
        : count === 1
          ? '1 session awaits your answer'
          : `${count} sessions await your answer`,
    close: 'Close pending actions',
    empty: 'Nothing awaits your answer.',
    emptyLead: 'When somebody asks you for a session or proposes another time, it appears here.',
    asks: (name: string) => `${name} asks for a session`,
    proposesOther: (name: string) => `${name} proposes another time`,
    proposesChange: (name: string) => `${name} proposes to move your session`,
    open: (name: string) => `Details of the session with ${name}`,
    details: 'Details',
    failed: 'What awaits your answer could not be loaded.',
    changed: 'This has changed meanwhile. Look at it again before you answer.',
  },

  deadline: {
    answerBy: (at: string, left: string) => `Answer by ${at} (${left})`,
    otherAnswersBy: (name: string, at: string, left: string) => `${name} has until ${at} (${left})`,
    over: (at: string) => `The time to answer was over at ${at}`,
    otherwise: (isChange: boolean) =>
      isChange
        ? 'Unanswered, the change is dropped automatically and the agreed time stands.'
        : 'Unanswered, the request is cancelled automatically.',
  },

  action: {
    accept: 'Accept',
    accepting: 'Accepting …',
    adjust: 'Adjust',
    reject: 'Reject',
    rejecting: 'Rejecting …',
    cancel: 'Cancel',
    cancelling: 'Cancelling …',
    keep: 'Keep it',
    rejectQuestion: (name: string, slot: string) => `Reject ${name}’s proposal for ${slot}?`,
    rejectChangeQuestion: (slot: string) => `Reject the change to ${slot}? The agreed time stands.`,
    reason: 'Reason (optional)',
    reasonHint: (name: string) => `${name} will read it.`,
    accepted: (name: string, slot: string) => `Agreed with ${name}: ${slot}.`,
    rejected: (name: string) => `Rejected. ${name} is told.`,
    changeRejected: 'The change is rejected. The agreed time stands.',
    cancelled: (name: string) => `Cancelled. ${name} is told.`,
    changeWithdrawn: 'The change is taken back. The agreed time stands.',
  },

  sessions: {
    title: 'Sessions',
    tabs: 'Views of your sessions',
    calendar: 'Calendar',
    notifications: 'Notifications',
    unread: (count: number) => (count === 1 ? '1 unread' : `${count} unread`),
    request: 'Request a session',
    views: 'How the calendar is shown',
    month: 'Month',
    week: 'Week',
    list: 'List',
    today: 'Today',
    previous: { month: 'Previous month', week: 'Previous week', list: 'Earlier' },
    next: { month: 'Next month', week: 'Next week', list: 'Later' },
    showClosed: 'Show closed',
    empty: (day: string) => `No sessions up to ${day}.`,
    emptyLead: 'Request one, and it appears here as soon as it is sent.',
    noMore: (day: string) => `That is all up to ${day}.`,
    showLater: 'Show later ones',
    todayMark: 'Today',
    awaitsYou: 'awaits your answer',
    awaitsOther: (name: string) => `awaits ${name}’s answer`,
    proposedFor: (slot: string) => `proposed: ${slot}`,
    item: (parts: {
      name: string;
      slot: string;
      status: string;
      awaits: string | undefined;
      theirs: string | undefined;
    }) =>
      [
        `Session with ${parts.name}, ${parts.slot}, ${parts.status}`,
        parts.awaits && `, ${parts.awaits}`,
        parts.theirs && `; their time: ${parts.theirs}`,
      ]
        .filter(Boolean)
        .join(''),
    failed: 'Your sessions could not be loaded.',
  },

  calendar: {
    /** What a screen reader calls the grid. */
    label: (period: string) => `Calendar, ${period}`,
    days: 'Days of this week',
    more: (count: number) => `${count} more`,
    moreHint: (count: number) => (count === 1 ? 'Show 1 more session' : `Show ${count} more sessions`),
    close: 'Close',
    showDay: (day: string) => `Show ${day}`,
    /** A day as a button, where sessions are dots. */
    day: (day: string, sessions: number, awaiting: number) =>
      [
        day,
        sessions === 0 ? 'no sessions' : sessions === 1 ? '1 session' : `${sessions} sessions`,
        ...(awaiting === 0
          ? []
          : [awaiting === 1 ? '1 awaits your answer' : `${awaiting} await your answer`]),
      ].join(', '),
    earlier: (count: number) => (count === 1 ? '1 earlier' : `${count} earlier`),
    later: (count: number) => (count === 1 ? '1 later' : `${count} later`),
    proposedHere: 'Proposed',
  },

  session: {
    title: (name: string) => `Session with ${name}`,
    unknown: 'There is no such session, or it is not yours.',
    failed: 'The session could not be loaded.',
    when: 'When',
    agreedFor: 'Agreed for',
    proposed: 'Proposed',
    you: 'You',
    noteOf: (name: string) => `Note from ${name}`,
    yourNote: 'Your note',
    thread: 'What happened',
    threadFailed: 'What happened could not be loaded.',
    event: {
      SessionRequested: (who: string) => `${who} asked for a session`,
      SessionAccepted: (who: string) => `${who} accepted`,
      SessionRejected: (who: string) => `${who} rejected`,
      rejectedChange: (who: string) => `${who} rejected the change; the agreed time stands`,
      SessionAdjusted: (who: string) => `${who} proposed another time`,
      withdrawn: (who: string) => `${who} took the request back`,
      withdrawnChange: (who: string) => `${who} took the change back; the agreed time stands`,
      calledOff: (who: string) => `${who} cancelled the session`,
      unanswered: 'Cancelled automatically: there was no answer in time',
      unansweredChange:
        'The change was dropped automatically: there was no answer in time. The agreed time stands',
    },
    said: (reason: string) => `“${reason}”`,
    answerUntil: (at: string) => `to be answered by ${at}`,
    nothingToDo: {
      closed: 'This session is closed. You can request a new one.',
      started: 'The session has started; it can no longer be changed.',
      otherHasLeft: (name: string) =>
        `${name} no longer takes part, so this cannot be accepted or moved. What is proposed ends at its deadline.`,
    },
    cancelTitle: 'Cancel or move?',
    cancelLead: (name: string, slot: string) => `Your session with ${name}, ${slot}.`,
    cancelPendingLead: (name: string, slot: string) => `The request between you and ${name}, ${slot}.`,
    cancelSession: 'Cancel the session',
    cancelRequest: 'Cancel the request',
    cancelSessionHint: (name: string) => `It will not take place. ${name} is told.`,
    withdrawChange: 'Take back the change',
    withdrawChangeHint: (slot: string) => `The agreed time stands: ${slot}.`,
    adjustInstead: 'Adjust the slot instead',
    adjustInsteadHint: (name: string) => `Propose another time; ${name} has to agree.`,
    back: 'Back',
    changed: 'This has changed meanwhile',
  },

  notifications: {
    title: 'Notifications',
    unread: 'New',
    earlier: 'Earlier',
    markAllRead: 'Mark all as read',
    allRead: 'All notifications are marked as read.',
    empty: 'Nothing has happened yet.',
    emptyLead: 'Answers, changes and automatic cancellations appear here.',
    failed: 'Your notifications could not be loaded.',
    showMore: 'Show more',
    message: {
      youAsked: (name: string, slot: string) => `You asked ${name} for a session on ${slot}.`,
      asksYou: (name: string, slot: string) => `${name} asks you for a session on ${slot}.`,
      youAccepted: (slot: string) => `You accepted the session on ${slot}.`,
      accepted: (name: string, slot: string) => `${name} accepted the session on ${slot}.`,
      youRejected: (slot: string) => `You rejected the session on ${slot}.`,
      rejected: (name: string, slot: string) => `${name} rejected the session on ${slot}.`,
      youRejectedChange: 'You rejected the change; the session stands as agreed.',
      rejectedChange: (name: string) => `${name} rejected the change; the session stands as agreed.`,
      youProposed: (name: string, slot: string, before: string) =>
        `You proposed ${slot} to ${name} instead of ${before}.`,
      proposed: (name: string, slot: string, before: string) =>
        `${name} proposes ${slot} instead of ${before}.`,
      youWithdrew: (slot: string) => `You took back your request for ${slot}.`,
      withdrew: (name: string, slot: string) => `${name} took back the request for ${slot}.`,
      youWithdrewChange: 'You took back the change; the session stands as agreed.',
      withdrewChange: (name: string) => `${name} took back the change; the session stands as agreed.`,
      youCalledOff: (name: string, slot: string) => `You cancelled the session with ${name} on ${slot}.`,
      calledOff: (name: string, slot: string) => `${name} cancelled the session on ${slot}.`,
      unanswered: (name: string, slot: string) =>
        `Cancelled automatically: the session with ${name} on ${slot} does not take place.`,
      unansweredChange: (name: string) =>
        `The change was dropped automatically; the session with ${name} stands as agreed.`,
      becauseYou: (by: string) => `You did not answer by ${by}.`,
      becauseOther: (name: string, by: string) => `${name} did not answer by ${by}.`,
    },
  },

  settings: {
    title: 'Settings',
    timeZone: 'Time zone',
    timeZoneLead:
      'The times that you see. It holds for this browser; others see your sessions in their own time.',
    zoneOfProfile: (zone: string) => `Of my profile (${zone})`,
    zoneOfDevice: (zone: string) => `Of this device (${zone})`,
    zoneChosen: 'Another one',
    zoneUnknown: (zone: string) => `No time zone is called “${zone}”. Names are like Europe/Berlin.`,
    theme: 'Appearance',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    saved: 'Saved.',
  },

  /** What to do, by the stable code of a problem. */
  problem: {
    unreachable: 'The server could not be reached. Nothing is lost: check your connection and try again.',
    unknown:
      'Something went wrong on our side. Try again; if it happens again, tell whoever runs this service.',
    byCode: {
      unauthenticated: 'You are no longer logged in. Log in, and you are back here.',
      'cross-site-request': 'This page is out of date. Reload it and try again.',
      'not-a-party': 'There is no such session, or it is not yours.',
      conflict: 'This has changed meanwhile.',
      'already-closed': 'This session is closed already. Nothing more can be done with it.',
      'session-started': 'The session has started; it can no longer be changed.',
      'nothing-proposed': 'There is no proposal to answer any more.',
      'not-awaited': 'It is not you who has to answer this proposal.',
      'not-the-requester': 'Only who asked can cancel this request. You can reject it instead.',
      'deadline-passed': 'The time to answer is over. Nothing more can be done with this proposal.',
      'slot-unchanged': 'This is the time that is proposed already. Choose another one.',
      'invalid-duration': 'A session lasts between 15 minutes and 8 hours. Choose another length.',
      'slot-in-past': 'This time has passed. Choose a later one.',
      'notice-too-short': 'This is too soon. Choose a later time.',
      'too-far-ahead': 'This is too far ahead. Choose an earlier time.',
      'same-role': 'A session is between a coach and a client. Choose somebody else.',
      'unknown-other-party': 'This person no longer takes part.',
      unavailable: 'The service is busy or restarting. Try again in a moment.',
      'storage-full':
        'Nothing can be recorded at present. Try again later, and tell whoever runs this service.',
      'read-model-behind': 'The service is catching up. Try again in a moment.',
    } as Readonly<Record<string, string>>,
  },
};
