/**
 * By which field each collection is to be divided once one replica set is too small: in every query and write of the command path and of
 * the followers. What people ask for by participant has it only where `asked` says so; the rest goes to every shard, each of which
 * answers from an index.
 */
export const shardKeys = {
  sessionRequests: { key: { _id: 'hashed' }, asked: ['find', 'load'] },
  notifications: { key: { participantId: 'hashed' }, asked: ['notifications', 'countNotifications'] },
  deadlines: { key: { _id: 'hashed' }, asked: [] },
  idempotencyKeys: { key: { _id: 'hashed' }, asked: [] },
} as const;
