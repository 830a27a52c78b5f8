import {
  foldedName,
  type AuditRecord,
  type AuditTrail,
  type ParticipantStore,
  type StoredParticipant,
} from '@hse/contracts';
import type { DatabaseSync } from 'node:sqlite';

/** The tables, in the file of the gateway store. Audit records are not changed or taken away by any statement of ours or of others. */
export const administrationMigration = `
  CREATE TABLE participant (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    email TEXT,
    time_zone TEXT NOT NULL,
    picture TEXT,
    active INTEGER NOT NULL,
    origin TEXT NOT NULL,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX participant_by_name ON participant (active, folded, id);
  CREATE INDEX participant_by_role_and_name ON participant (active, role, folded, id);
  CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    target TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_by_time ON audit (at, id);
  CREATE INDEX audit_by_target ON audit (target, at, id);
  CREATE TRIGGER audit_stays AFTER DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records stay'); END;
  CREATE TRIGGER audit_stands AFTER UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records stand'); END;
`;

/** Replacing a row fires no trigger for the one that goes: an id is taken once. */
export const auditMigration = `
  CREATE TRIGGER audit_is_new BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'audit records stand'); END;
`;

const columns = 'id, role, name, email, time_zone AS timeZone, picture, active, origin, version';

/** Each is answered from an index. A search for a part of a name goes through the names in their order until the page is full. */
export const administrationStatements = {
  findParticipants: `SELECT ${columns} FROM participant WHERE id IN (SELECT value FROM json_each(?))`,
  searchParticipants: `
    SELECT ${columns} FROM participant
    WHERE active = 1 AND (folded, id) > (?, ?) AND instr(folded, ?) > 0 ORDER BY folded, id LIMIT ?`,
  searchParticipantsOfRole: `
    SELECT ${columns} FROM participant
    WHERE active = 1 AND role = ? AND (folded, id) > (?, ?) AND instr(folded, ?) > 0 ORDER BY folded, id LIMIT ?`,
  addParticipant: `
    INSERT INTO participant (role, name, folded, email, time_zone, picture, active, origin, id, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ? + 1) ON CONFLICT (id) DO NOTHING`,
  changeParticipant: `
    UPDATE participant SET role = ?, name = ?, folded = ?, email = ?, time_zone = ?, picture = ?, active = ?, origin = ?,
      version = version + 1
    WHERE id = ? AND version = ?`,
  audit: 'INSERT INTO audit (id, at, target, record) VALUES (?, ?, ?, ?)',
  audited: 'SELECT record FROM audit WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?',
  auditedOfTarget:
    'SELECT record FROM audit WHERE target = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?',
};

interface ParticipantRow {
  readonly id: string;
  readonly role: StoredParticipant['role'];
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly picture: string | null;
  readonly active: number;
  readonly origin: StoredParticipant['origin'];
  readonly version: number;
}

const participantOf = ({ email, picture, active, ...rest }: ParticipantRow): StoredParticipant => ({
  ...rest,
  ...(email !== null && { email }),
  ...(picture !== null && { picture }),
  active: active === 1,
});

/** After every text that is stored. */
const last = '\u{10ffff}';

/** What operators work with, over the file of the gateway store. */
export const administrationOf = (
  db: DatabaseSync,
  { durably, reading }: { durably: <T>(work: () => T) => Promise<T>; reading: <T>(work: () => T) => T },
): ParticipantStore & AuditTrail => {
  const find = db.prepare(administrationStatements.findParticipants);
  const search = db.prepare(administrationStatements.searchParticipants);
  const searchOfRole = db.prepare(administrationStatements.searchParticipantsOfRole);
  const add = db.prepare(administrationStatements.addParticipant);
  const change = db.prepare(administrationStatements.changeParticipant);
  const audit = db.prepare(administrationStatements.audit);
  const audited = db.prepare(administrationStatements.audited);
  const auditedOfTarget = db.prepare(administrationStatements.auditedOfTarget);

  return {
    async findParticipants(ids) {
      return reading(() => (find.all(JSON.stringify(ids)) as unknown as ParticipantRow[]).map(participantOf));
    },
    async searchParticipants({ role, q = '', after, limit }) {
      const place = [after ? foldedName(after.name) : '', after?.id ?? '', foldedName(q), limit] as const;
      const rows = reading(() =>
        role === undefined ? search.all(...place) : searchOfRole.all(role, ...place),
      );
      return (rows as unknown as ParticipantRow[]).map(participantOf);
    },
    writeParticipant({ id, role, name, email, timeZone, picture, active, origin }, expected) {
      const values = [
        role,
        name,
        foldedName(name),
        email ?? null,
        timeZone,
        picture ?? null,
        active ? 1 : 0,
        origin,
      ];
      return durably(() => (expected === 0 ? add : change).run(...values, id, expected).changes === 1);
    },
    audit(record) {
      return durably(() => void audit.run(record.id, record.at, record.target, JSON.stringify(record)));
    },
    async audited({ target, before, limit }) {
      const place = [before?.at ?? last, before?.id ?? last, limit] as const;
      const rows = reading(() =>
        target === undefined ? audited.all(...place) : auditedOfTarget.all(target, ...place),
      );
      return rows.map(({ record }) => JSON.parse(record as string) as AuditRecord);
    },
  };
};
