/** What is written to the progress topic. It has one partition, so that everyone reads it in the same order. */
export type ProgressMessage =
  | { readonly type: 'claim'; readonly epoch: number; readonly instance: string; readonly token: string }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      /** Everything up to here is in the events topic. */
      readonly position: number;
      /** By partition: what is at or after this offset is of no concern for it. Partitions that are not there: 0. */
      readonly offsets: readonly number[];
    }
  | { readonly type: 'release'; readonly epoch: number };

/** Who publishes, and how far the events have gone. */
export interface Leadership {
  /** Of the latest claim that counts; 0 when there has been none. */
  readonly epoch: number;
  /** Name of the instance that made it; the same after its restart. */
  readonly instance: string | undefined;
  /** Of the claim; no two have the same. */
  readonly token: string | undefined;
  readonly released: boolean;
  readonly position: number;
  readonly offsets: readonly number[];
}

export const noLeadership: Leadership = {
  epoch: 0,
  instance: undefined,
  token: undefined,
  released: false,
  position: 0,
  offsets: [],
};

/**
 * What a message changes. Everybody who folds the same messages comes to the same result, and that is the whole election:
 * - A claim counts if its epoch is the one after the present one: of several, the first in the log.
 * - Progress and release count if their epoch is the present one. What a superseded leader still writes changes nothing.
 *
 * @returns the same object when the message is of no consequence.
 */
export const evolveLeadership = (now: Leadership, message: ProgressMessage): Leadership => {
  switch (message.type) {
    case 'claim': {
      if (message.epoch !== now.epoch + 1) return now;
      const { epoch, instance, token } = message;
      return { ...now, epoch, instance, token, released: false };
    }
    case 'progress': {
      if (message.epoch !== now.epoch) return now;
      return { ...now, position: message.position, offsets: message.offsets };
    }
    case 'release':
      return message.epoch === now.epoch ? { ...now, released: true } : now;
  }
};

/**
 * Compaction keeps the latest message of each key. Claims have a key each and stay, so the epochs never have a hole. If a
 * superseded leader writes progress, the last that counted may go: then an older one, or the one its successor began with,
 * is what remains, and some events are published once more.
 */
export const encodeProgress = (message: ProgressMessage): { key: string; value: string } => ({
  key: `${message.type}-${message.epoch}${message.type === 'claim' ? `-${message.token}` : ''}`,
  value: JSON.stringify(message),
});

/** @returns undefined for what is no such message: it is of no consequence. */
export const decodeProgress = (value: Buffer | string | null): ProgressMessage | undefined => {
  try {
    const message = JSON.parse(value?.toString() ?? '') as Partial<
      Extract<ProgressMessage, { type: 'progress' }>
    > | null;
    if (!isCount(message?.epoch)) return undefined;
    if (message.type === 'progress' && !(isCount(message.position) && Array.isArray(message.offsets)))
      return undefined;
    return message as ProgressMessage;
  } catch {
    return undefined;
  }
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
