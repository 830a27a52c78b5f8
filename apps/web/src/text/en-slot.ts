/** The texts of dialogs and of what is done in them, in English: the part of the catalogue that is loaded with them. */
export const enSlot = {
  dialog: {
    close: 'Close',
    discard: {
      title: 'Throw away what you typed?',
      explanation: 'It has not been sent yet.',
      confirm: 'Throw it away',
      dismiss: 'Keep writing',
    },
  },

  slot: {
    when: 'When',
    inZone: (place: string) => `In your time zone, ${place}.`,
    day: 'Day',
    start: 'Starts at',
    length: 'Length in minutes',
    minutes: (minutes: number) => {
      const hours = Math.trunc(minutes / 60);
      const rest = minutes % 60;
      return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : '']
        .filter((part) => part !== '')
        .join(' ');
    },
    otherLength: 'Other',
    otherMinutes: 'Minutes',
    note: 'Note (optional)',
    noteHint: (name: string) => `${name} will read it.`,
    noteHintNobody: 'The other one will read it.',

    summary: 'The session',
    yourTime: (place: string) => `your time (${place})`,
    timeOfOnDay: (name: string, place: string, day: string) => `for ${name} (${place}, ${day})`,
    sameTime: (name: string) => `your time, and ${name}’s`,
    ahead: (days: number) => (days > 0 ? 'next day' : days < 0 ? 'the day before' : 'same day'),
    noSuchTime: 'Choose another time.',
    notComplete: 'Choose a day, a time and a length.',
    lasts: (length: string) => `lasts ${length}`,

    missingDay: 'Choose a day.',
    missingTime: 'Choose a time.',
    missingLength: 'A session lasts between 15 minutes and 8 hours. Choose a length.',
    doesNotExist: (time: string, day: string) =>
      `There is no ${time} on ${day}: the clocks go forward and leave it out.`,
    useInstead: (moment: string) => `Take ${moment} instead`,
    existsTwice: (time: string, day: string) =>
      `${time} comes twice on ${day}, because the clocks go back. Which one is meant?`,
    first: (time: string, offset: string) => `The first ${time} (${offset})`,
    second: (time: string, offset: string) => `The second ${time} (${offset})`,
    clocksChange: (forward: boolean, by: string, length: string) =>
      `The clocks go ${forward ? 'forward' : 'back'} by ${by} during this session. It still lasts ${length}.`,
    overlaps: (count: number) =>
      count === 1
        ? 'You have something else at that time. You can send this all the same:'
        : `You have ${count} other sessions at that time. You can send this all the same:`,
    overlap: (parts: { slot: string; name: string; status: string }) =>
      `${parts.slot} with ${parts.name} (${parts.status})`,
    more: (count: number) => `and ${count} more`,

    checking: 'Checking …',
    previewFailed: 'By when it has to be answered could not be found out. You can send it all the same.',
    answersBy: (name: string, at: string, left: string) => `${name} has to answer by ${at} (${left}).`,
    answersByThere: (name: string, at: string, place: string) => `That is ${at} for ${name} in ${place}.`,
    otherwise: 'Otherwise it is cancelled automatically.',
    otherwiseChange: 'Otherwise the change is dropped automatically, and the agreed time stands.',
  },

  request: {
    title: 'Request a session',
    with: { coach: 'Coach', client: 'Client' },
    withPlaceholder: 'Search by name',
    found: 'People found',
    clear: 'Choose somebody else',
    show: 'Show who there is',
    nobody: (q: string) => `Nobody found for “${q}”. Try another part of the name.`,
    nobodyAtAll: 'There is nobody yet whom you could ask.',
    more: 'There may be more. Type more of the name to narrow it down.',
    searching: 'Searching …',
    searchFailed: 'The search did not work.',
    missing: { coach: 'Choose a coach.', client: 'Choose a client.' },
    send: 'Send request',
    sending: 'Sending …',
    cancel: 'Cancel',
    restored: 'What you typed before is back.',
    startAfresh: 'Start afresh',
    sent: (name: string, until: string | null) =>
      until === null ? `Sent to ${name}.` : `Sent to ${name}, who has until ${until} to answer.`,
  },

  adjust: {
    title: (name: string) => `Propose another time to ${name}`,
    before: { agreed: 'Agreed', proposed: 'Proposed' },
    after: 'New',
    unchanged: 'Choose another day, time or length.',
    send: 'Send proposal',
    sending: 'Sending …',
    sent: (name: string, until: string | null) =>
      until === null ? `Proposed to ${name}.` : `Proposed to ${name}, who has until ${until} to answer.`,
    notPossible: 'This session can no longer be adjusted.',
    loading: 'Propose another time',
    loadFailed: 'The session could not be loaded.',
  },

  conflict: {
    title: 'This has changed meanwhile',
    kept: 'What you typed is still here.',
    stillPossible: 'Send it if it still holds.',
    notPossible: 'It can no longer be sent.',
    see: 'See what has changed',
    nowStatus: 'Now',
    send: 'Send it all the same',
    open: 'Open the session',

    accepted: (who: string, slot: string) => `${who} accepted ${slot} meanwhile.`,
    youAccepted: (slot: string) => `You accepted ${slot} meanwhile.`,
    proposed: (who: string, slot: string) => `${who} proposed ${slot} meanwhile.`,
    youProposed: (slot: string) => `You proposed ${slot} meanwhile.`,
    agreedAndProposed: (who: string, agreed: string, slot: string) =>
      `${agreed} was agreed meanwhile, and ${who} proposed ${slot} after that.`,
    youAgreedAndProposed: (agreed: string, slot: string) =>
      `${agreed} was agreed meanwhile, and you proposed ${slot} after that.`,
    agreedElsewhere: (slot: string) => `${slot} was agreed meanwhile.`,
    changeOffTheTable: (slot: string) => `The change is off the table. The agreed time stands: ${slot}.`,
    rejected: (who: string) => `${who} rejected the request meanwhile.`,
    youRejected: 'You rejected the request meanwhile.',
    withdrawn: (who: string) => `${who} took the request back meanwhile.`,
    youWithdrew: 'You took the request back meanwhile.',
    calledOff: (who: string) => `${who} cancelled the session meanwhile.`,
    youCalledOff: 'You cancelled the session meanwhile.',
    unanswered: 'It was cancelled automatically: there was no answer in time.',
    something: 'It is not as you saw it any more.',
  },
};
