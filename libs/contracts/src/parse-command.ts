import { isInstant, type SessionRequestCommand } from '@hse/session-requests';

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isId: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 255;
const isRole: Check = (value) => value === 'coach' || value === 'client';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime: Check = (value) => typeof value === 'string' && isInstant(value);
const isWhat: Check = (value) => value === 'session' || value === 'change';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([field, check]) => check(value[field]));

const isParty = shape({ id: isId, role: isRole });
const isSlot = shape({ startsAt: isTime, endsAt: isTime });
const onSeenState = { requestId: isId, by: isId, expectedRevision: isCount };

const fieldsOf: Readonly<Record<SessionRequestCommand['type'], Readonly<Record<string, Check>>>> = {
  RequestSession: { requestId: isId, by: isParty, with: isParty, slot: isSlot, note: optional(isText) },
  AcceptSession: onSeenState,
  RejectSession: { ...onSeenState, reason: optional(isText) },
  AdjustSession: { ...onSeenState, slot: isSlot, note: optional(isText) },
  CancelSession: { ...onSeenState, what: isWhat, reason: optional(isText) },
  ExpireSessionRequest: { requestId: isId, round: isCount },
};

/**
 * A command as another process sent it. Whether it may be executed is for the decider to say; lengths of notes are bounded where
 * they are written. Fields that this release does not know stay.
 * @throws TypeError that says what is wrong with it.
 */
export const parseCommand = (value: unknown): SessionRequestCommand => {
  if (!isObject(value)) throw new TypeError('a command has to be an object');
  const { type } = value;
  const fields =
    typeof type === 'string' && Object.hasOwn(fieldsOf, type)
      ? fieldsOf[type as SessionRequestCommand['type']]
      : undefined;
  if (!fields)
    throw new TypeError(
      typeof type === 'string' ? `there is no command ${type.slice(0, 100)}` : 'a command has to have a type',
    );
  for (const [field, check] of Object.entries(fields))
    if (!check(value[field])) throw new TypeError(`${String(type)}.${field} is not what it has to be`);
  return value as unknown as SessionRequestCommand;
};
