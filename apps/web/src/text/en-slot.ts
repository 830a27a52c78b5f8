/** Texts of dialogs in general. */
export const dialogText = {
  close: 'Close',
  discard: {
    title: 'Throw away what you typed?',
    explanation: 'It has not been sent yet.',
    confirm: 'Throw it away',
    dismiss: 'Keep writing',
  },
} as const;
