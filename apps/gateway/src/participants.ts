import type {
  GatewayStore,
  Participant,
  ParticipantDirectory,
  ParticipantStore,
  StoredParticipant,
} from '@hse/contracts';
import type { WallClock } from './dependencies.ts';

/** Whether somebody can come to a session, and answer. Nobody is found under the id of who never did. */
export const takesPart = (participant: Participant | undefined): participant is Participant =>
  participant !== undefined && participant.active !== false;

/** For how long a gateway goes by what it has read of a participant, in milliseconds: other gateways see a change at most so much later. */
export const knownForMs = 2_000;
/** Most participants that are kept in mind. */
const capacity = 10_000;

/** The directory, and what keeps it in step. */
export interface Participants extends ParticipantDirectory {
  /** As they are at this moment, whatever is kept in mind. */
  current(id: string): Promise<StoredParticipant | undefined>;
  /** See `ParticipantStore.writeParticipant`; this gateway goes by it at once. */
  write(participant: Omit<StoredParticipant, 'version'>, expected: number): Promise<boolean>;
}

interface Known {
  readonly participant: StoredParticipant | undefined;
  readonly atMs: number;
}

type Asked = Map<string, PromiseWithResolvers<StoredParticipant | undefined>>;

/**
 * The participants in the gateway's store. Who was asked for lately is kept in mind for {@link knownForMs}, and so is that there is
 * nobody of an id; who is asked for in the same turn is read with one question.
 */
export const createParticipants = ({
  store,
  wallClock,
}: {
  store: ParticipantStore;
  wallClock: WallClock;
}): Participants => {
  const known = new Map<string, Known>();
  let asked: Asked | undefined;
  /** Goes up with each: what was asked before may be older than what was written. */
  let writes = 0;

  const keep = (id: string, participant: StoredParticipant | undefined): void => {
    known.delete(id); // who was read last is the last to be forgotten
    known.set(id, { participant, atMs: wallClock.now() });
    if (known.size <= capacity) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  };

  const readTogether = async (waiting: Asked): Promise<void> => {
    const before = writes;
    try {
      const found = await store.findParticipants([...waiting.keys()]);
      const byId = new Map(found.map((each) => [each.id, each]));
      for (const [id, { resolve }] of waiting) {
        if (writes === before) keep(id, byId.get(id));
        resolve(byId.get(id));
      }
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error);
    }
  };

  const read = (id: string): Promise<StoredParticipant | undefined> => {
    if (!asked) {
      const waiting: Asked = new Map();
      asked = waiting;
      queueMicrotask(() => {
        asked = undefined;
        void readTogether(waiting);
      });
    }
    const waiting = asked.get(id) ?? Promise.withResolvers<StoredParticipant | undefined>();
    asked.set(id, waiting);
    return waiting.promise;
  };

  return {
    async find(id) {
      const found = known.get(id);
      const ageMs = found ? wallClock.now() - found.atMs : Infinity;
      // A clock that was set back says nothing of how long ago it was.
      return found && ageMs >= 0 && ageMs < knownForMs ? found.participant : read(id);
    },
    search: (query) => store.searchParticipants(query),
    current: async (id) => (await store.findParticipants([id]))[0],
    async write(participant, expected) {
      const isWritten = await store.writeParticipant(participant, expected);
      writes += 1;
      const version = expected + 1;
      const newest = known.get(participant.id)?.participant?.version ?? 0;
      // What came after it may have been answered before it.
      if (isWritten && newest < version) keep(participant.id, { ...participant, version });
      else if (!isWritten) known.delete(participant.id);
      return isWritten;
    },
  };
};

/** So many are looked up, and written, at once. */
const page = 500;

/**
 * Sees to it that the accounts take part: those that are new, and those that differ and that nobody else has changed. Who is left out of
 * the accounts stays. Any number of gateways may do so at once.
 */
export const seedParticipants = async (
  store: Pick<GatewayStore, 'findParticipants' | 'writeParticipant'>,
  accounts: readonly Participant[],
): Promise<void> => {
  for (let from = 0; from < accounts.length; from += page) {
    const some = accounts.slice(from, from + page);
    const there = await store.findParticipants(some.map(({ id }) => id));
    const byId = new Map(there.map((each) => [each.id, each]));
    await Promise.all(
      some.map(async (account) => {
        const present = byId.get(account.id);
        const wanted = entryOf(account, 'accounts');
        if (present?.origin === 'api' || (present && changesOf(present, wanted).length === 0)) return;
        // Where another gateway was faster, it has written the same.
        await store.writeParticipant(wanted, present?.version ?? 0);
      }),
    );
  }
};

/** What is kept of a participant, and nothing else that may be in the object. */
export const entryOf = (
  { id, role, name, email, timeZone, picture, active = true }: Participant,
  origin: StoredParticipant['origin'],
): Omit<StoredParticipant, 'version'> => ({
  id,
  role,
  name,
  ...(email !== undefined && { email }),
  timeZone,
  ...(picture !== undefined && { picture }),
  active,
  origin,
});

const fields = ['role', 'name', 'email', 'timeZone', 'picture', 'active', 'origin'] as const;

/** The names of the fields that differ. */
export const changesOf = (
  present: Omit<StoredParticipant, 'version'>,
  wanted: Omit<StoredParticipant, 'version'>,
): readonly string[] => fields.filter((field) => present[field] !== wanted[field]);
