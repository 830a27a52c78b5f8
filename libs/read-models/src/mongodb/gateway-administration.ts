import {
  auditedActions,
  foldedName,
  type AuditRecord,
  type AuditTrail,
  type ParticipantStore,
  type StoredParticipant,
} from '@hse/contracts';
import type { Db, Filter } from 'mongodb';
import { provideCollection } from './provide-collection.ts';

interface ParticipantDocument extends Omit<StoredParticipant, 'id'> {
  readonly _id: string;
  readonly folded: string;
}

interface AuditDocument extends Omit<AuditRecord, 'id'> {
  readonly _id: string;
}

const text = { bsonType: 'string' };

const participantSchema = {
  bsonType: 'object',
  required: ['_id', 'role', 'name', 'folded', 'timeZone', 'active', 'origin', 'version'],
  properties: {
    _id: text,
    role: { enum: ['coach', 'client'] },
    name: text,
    folded: text,
    email: text,
    timeZone: text,
    picture: text,
    active: { bsonType: 'bool' },
    origin: { enum: ['accounts', 'api'] },
    version: { bsonType: 'number', minimum: 1 },
  },
  additionalProperties: false,
};

const auditSchema = {
  bsonType: 'object',
  required: ['_id', 'at', 'subject', 'action', 'target', 'requestId'],
  properties: {
    _id: text,
    at: text,
    subject: text,
    client: text,
    action: { enum: [...auditedActions] },
    target: text,
    reason: text,
    detail: text,
    requestId: text,
  },
  additionalProperties: false,
};

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const duplicateKey = 11_000;

/** What operators work with, in the collections `participants` and `audit`. `ask` sees to what every question has in common. */
export const openMongoAdministration = async (
  db: Db,
  ask: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<ParticipantStore & AuditTrail> => {
  const [participants, audit] = await Promise.all([
    provideCollection<ParticipantDocument>(db, 'participants', {
      schema: participantSchema,
      indexes: [
        { name: 'by_name', key: { active: 1, folded: 1, _id: 1 } },
        { name: 'by_role_and_name', key: { active: 1, role: 1, folded: 1, _id: 1 } },
      ],
    }),
    provideCollection<AuditDocument>(db, 'audit', {
      schema: auditSchema,
      indexes: [
        { name: 'by_time', key: { at: -1, _id: -1 } },
        { name: 'by_target', key: { target: 1, at: -1, _id: -1 } },
      ],
    }),
  ]);

  return {
    findParticipants: (ids) =>
      ask(async () => (await participants.find({ _id: { $in: [...ids] } }).toArray()).map(participantOf)),

    searchParticipants: ({ role, q = '', after, limit }) =>
      ask(async () => {
        const from = after && foldedName(after.name);
        const filter: Filter<ParticipantDocument> = {
          active: true,
          ...(role !== undefined && { role }),
          // The bound says where in the index to begin, the alternatives where exactly.
          folded: { ...(from !== undefined && { $gte: from }), $regex: literally(foldedName(q)) },
          ...(after &&
            from !== undefined && { $or: [{ folded: { $gt: from } }, { _id: { $gt: after.id } }] }),
        };
        const found = participants
          .find(filter)
          .sort({ folded: 1, _id: 1 })
          .hint(role === undefined ? 'by_name' : 'by_role_and_name')
          .limit(limit);
        return (await found.toArray()).map(participantOf);
      }),

    writeParticipant: ({ id, ...participant }, expected) =>
      ask(async () => {
        const written = { ...participant, folded: foldedName(participant.name), version: expected + 1 };
        if (expected > 0)
          return (await participants.replaceOne({ _id: id, version: expected }, written)).modifiedCount === 1;
        try {
          await participants.insertOne({ _id: id, ...written });
          return true;
        } catch (error) {
          if ((error as { code?: unknown }).code === duplicateKey) return false;
          throw error;
        }
      }),

    audit: ({ id, ...record }) =>
      ask(async () => {
        await audit.insertOne({ _id: id, ...record });
      }),

    audited: ({ target, before, limit }) =>
      ask(async () => {
        const found = audit
          .find({
            ...(target !== undefined && { target }),
            ...(before && {
              at: { $lte: before.at },
              $or: [{ at: { $lt: before.at } }, { _id: { $lt: before.id } }],
            }),
          })
          .sort({ at: -1, _id: -1 })
          .limit(limit);
        return (await found.toArray()).map(({ _id: id, ...record }) => ({ id, ...record }));
      }),
  };
};

const participantOf = ({ _id: id, folded: _, ...rest }: ParticipantDocument): StoredParticipant => ({
  id,
  ...rest,
});

const literally = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
