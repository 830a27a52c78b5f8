import type { Slot } from '../time/format.ts';
import type { Me } from './client.ts';

type Role = Me['role'];

/** Of the payloads of all events, what people are told. Which of it is there depends on the type of the event. */
export interface EventFacts {
  readonly requestedBy?: Role;
  readonly acceptedBy?: Role;
  readonly rejectedBy?: Role;
  readonly adjustedBy?: Role;
  readonly cancelledBy?: Role | 'system';
  readonly cause?: 'withdrawn' | 'called-off' | 'no-response';
  readonly slot?: Slot;
  readonly previousSlot?: Slot;
  readonly note?: string;
  readonly reason?: string;
  readonly respondBy?: string;
  readonly agreedSlotStands?: boolean;
}
