import type { SessionRequest } from '../api/client.ts';
import { text } from '../text/text.ts';

/** The four kinds of state that people tell apart at a glance. */
export type Status = 'pending' | 'agreed' | 'adjusting' | 'closed';

export const statusOf = ({ status }: Pick<SessionRequest, 'status'>): Status => {
  switch (status) {
    case 'pending':
    case 'adjusting':
      return status;
    case 'accepted':
      return 'agreed';
    case 'rejected':
    case 'cancelled':
      return 'closed';
  }
};

/** What people call the state: of what is closed, how it ended. */
export const statusWord = ({ status }: Pick<SessionRequest, 'status'>): string =>
  text.status[status === 'accepted' ? 'agreed' : status];
