import type { SessionRequest } from '../api/client.ts';

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
