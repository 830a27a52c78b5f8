import type { Deadline, DeadlineStore } from './deadline-store.ts';

interface Entry {
  readonly revision: number;
  readonly deadline?: Deadline;
  readonly held?: { readonly claimant: string; readonly until: number };
}

/** Deadlines in memory, for tests and simulations: looks at all of them on every call, and forgets them with the process. */
export const createInMemoryDeadlineStore = (): DeadlineStore => {
  let entries = new Map<string, Entry>();
  let reached = 0;

  const scheduled = (): (Entry & { deadline: Deadline })[] =>
    [...entries.values()]
      .filter((entry): entry is Entry & { deadline: Deadline } => entry.deadline !== undefined)
      .sort((a, b) => a.deadline.dueAt - b.deadline.dueAt);

  return {
    async checkpoint() {
      return reached;
    },
    async apply(changes, checkpoint) {
      const next = new Map(entries);
      for (const change of changes) {
        const { subject, revision } = change;
        if (revision <= (next.get(subject)?.revision ?? -Infinity)) continue;
        if (change.type === 'unschedule') next.set(subject, { revision });
        else next.set(subject, { revision, deadline: { subject, round: change.round, dueAt: change.dueAt } });
      }
      entries = next;
      reached = Math.max(reached, checkpoint);
    },
    async claim({ now, limit, claimant, leaseUntil }) {
      const free = scheduled().filter(
        ({ deadline, held }) => deadline.dueAt <= now && (!held || held.until <= now),
      );
      return free.slice(0, limit).map(({ revision, deadline }) => {
        entries.set(deadline.subject, { revision, deadline, held: { claimant, until: leaseUntil } });
        return deadline;
      });
    },
    async release(subjects, claimant) {
      for (const subject of subjects === 'all' ? [...entries.keys()] : subjects) {
        const entry = entries.get(subject);
        if (entry?.held?.claimant !== claimant) continue;
        const { held: _, ...free } = entry;
        entries.set(subject, free);
      }
    },
    async upcoming({ after, until, limit }) {
      return scheduled()
        .map(({ deadline }) => deadline)
        .filter(({ dueAt }) => dueAt > after && dueAt <= until)
        .slice(0, limit);
    },
    async nextAt() {
      const instants = scheduled().map(({ deadline, held }) => held?.until ?? deadline.dueAt);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
    async count() {
      return scheduled().length;
    },
    async close() {},
  };
};
