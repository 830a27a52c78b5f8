import type { Deadline, DeadlineChange, DeadlineStore } from '@hse/event-sourcing';
import {
  inTransaction,
  openDatabase,
  provideDerivedSchema,
  type DerivedSchema,
  type SqliteLogger,
} from './database.ts';

/**
 * A row stays when its deadline is called off, without `due_at`: its revision is what an older change is known by.
 * A claim is void from `held_until` on.
 */
export const deadlineSchema: DerivedSchema = {
  version: 1,
  tables: ['progress', 'deadline'],
  schema: `
    CREATE TABLE progress (checkpoint INTEGER NOT NULL, scheduled INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (0, 0);
    CREATE TABLE deadline (
      n INTEGER PRIMARY KEY,
      subject TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL,
      round INTEGER,
      due_at INTEGER,
      claimant TEXT,
      held_until INTEGER
    ) STRICT;
    CREATE INDEX deadline_free_by_due ON deadline (due_at) WHERE due_at IS NOT NULL AND claimant IS NULL;
    CREATE INDEX deadline_held_by_due ON deadline (due_at) WHERE claimant IS NOT NULL;
    CREATE INDEX deadline_held_by_end ON deadline (held_until) WHERE claimant IS NOT NULL;
    CREATE INDEX deadline_held_by_claimant ON deadline (claimant) WHERE claimant IS NOT NULL;
  `,
};

/** Every statement of the deadline store; each is answered from an index. */
export const deadlineStatements = {
  checkpoint: 'SELECT checkpoint FROM progress',
  count: 'SELECT scheduled FROM progress',
  known: 'SELECT n, revision, due_at AS dueAt FROM deadline WHERE subject = ?',
  insert: 'INSERT INTO deadline (subject, revision, round, due_at) VALUES (?, ?, ?, ?)',
  update:
    'UPDATE deadline SET revision = ?, round = ?, due_at = ?, claimant = NULL, held_until = NULL WHERE n = ?',
  moveOn: 'UPDATE progress SET checkpoint = max(checkpoint, ?), scheduled = scheduled + ?',
  endClaims:
    'UPDATE deadline SET claimant = NULL, held_until = NULL WHERE claimant IS NOT NULL AND held_until <= ?',
  claim: `
    UPDATE deadline SET claimant = :claimant, held_until = :leaseUntil
    WHERE n IN (
      SELECT n FROM deadline WHERE due_at <= :now AND claimant IS NULL ORDER BY due_at, n LIMIT :limit
    )
    RETURNING n, subject, round, due_at AS dueAt`,
  releaseAll: 'UPDATE deadline SET claimant = NULL, held_until = NULL WHERE claimant = ?',
  release: `
    UPDATE deadline SET claimant = NULL, held_until = NULL
    WHERE subject IN (SELECT value FROM json_each(?)) AND claimant = ?`,
  upcoming: `
    SELECT n, subject, round, due_at AS dueAt FROM deadline
    WHERE due_at > :after AND due_at <= :until AND claimant IS NULL
    UNION ALL
    SELECT n, subject, round, due_at AS dueAt FROM deadline
    WHERE due_at > :after AND due_at <= :until AND claimant IS NOT NULL
    ORDER BY dueAt, n LIMIT :limit`,
  nextFree:
    'SELECT due_at AS at FROM deadline WHERE due_at IS NOT NULL AND claimant IS NULL ORDER BY due_at LIMIT 1',
  nextEnd: `
    SELECT held_until AS at FROM deadline WHERE claimant IS NOT NULL AND held_until IS NOT NULL ORDER BY held_until LIMIT 1`,
};

interface DeadlineRow extends Deadline {
  readonly n: number;
}

const inOrder = (rows: unknown[]): Deadline[] =>
  (rows as DeadlineRow[])
    .sort((a, b) => a.dueAt - b.dueAt || a.n - b.n)
    .map(({ subject, round, dueAt }) => ({ subject, round, dueAt }));

/**
 * Deadlines in one SQLite file (`:memory:` for none), which several instances may share. Survives a crash consistent with
 * its checkpoint; a power cut can take the latest batches, which the log then delivers again, and claims. A file of another
 * schema version is dropped, and says so in the log.
 *
 * Takes about 140 bytes per subject, for ever: what was answered has to be known when an old change comes again.
 */
export const openSqliteDeadlineStore = ({
  path,
  logger,
}: {
  path: string;
  logger?: SqliteLogger;
}): DeadlineStore => {
  const db = openDatabase(path, 'normal');
  try {
    provideDerivedSchema(db, { ...deadlineSchema, path, logger });
  } catch (error) {
    db.close();
    throw error;
  }
  const statements = Object.fromEntries(
    Object.entries(deadlineStatements).map(([name, sql]) => [name, db.prepare(sql)]),
  ) as Record<keyof typeof deadlineStatements, ReturnType<typeof db.prepare>>;

  /** @returns by how many the scheduled ones grow: -1, 0 or 1. */
  const applyOne = (change: DeadlineChange): number => {
    const { subject, revision } = change;
    const known = statements.known.get(subject) as
      { n: number; revision: number; dueAt: number | null } | undefined;
    if (known && known.revision >= revision) return 0;
    const [round, dueAt] = change.type === 'schedule' ? [change.round, change.dueAt] : [null, null];
    if (known) statements.update.run(revision, round, dueAt, known.n);
    else statements.insert.run(subject, revision, round, dueAt);
    const before = known && known.dueAt !== null ? 1 : 0;
    return (dueAt === null ? 0 : 1) - before;
  };

  return {
    async checkpoint() {
      return (statements.checkpoint.get() as { checkpoint: number }).checkpoint;
    },
    async apply(changes, checkpoint) {
      inTransaction(db, () => {
        const growth = changes.reduce((sum, change) => sum + applyOne(change), 0);
        statements.moveOn.run(checkpoint, growth);
      });
    },
    async claim({ now, limit, claimant, leaseUntil }) {
      return inTransaction(db, () => {
        statements.endClaims.run(now);
        return inOrder(statements.claim.all({ now, limit, claimant, leaseUntil }));
      });
    },
    async release(subjects, claimant) {
      if (subjects === 'all') statements.releaseAll.run(claimant);
      else statements.release.run(JSON.stringify(subjects), claimant);
    },
    async upcoming({ after, until, limit }) {
      return inOrder(statements.upcoming.all({ after, until, limit }));
    },
    async nextAt() {
      const instants = [statements.nextFree.get(), statements.nextEnd.get()].filter(
        (row) => row !== undefined,
      );
      return instants.length === 0 ? undefined : Math.min(...instants.map((row) => row['at'] as number));
    },
    async count() {
      return (statements.count.get() as { scheduled: number }).scheduled;
    },
    async close() {
      db.close();
    },
  };
};
