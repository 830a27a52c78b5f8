import type { Clock } from '@hse/event-sourcing';
import { missing, type ReadinessCheck } from './readiness.ts';

/** What people want of the system. */
export const abilities = ['read', 'change', 'live-updates', 'automatic-cancellations'] as const;
export type Ability = (typeof abilities)[number];

/** How one thing that a process depends on is. */
export interface DependencyHealth {
  readonly name: string;
  readonly ok: boolean;
  /** Since when it has been so, as far as this process knows; ISO-8601 UTC. */
  readonly since: string;
  /** What is wrong, for operators. */
  readonly detail?: string;
  /** What it means for people while it is not ok. */
  readonly means?: string;
}

/** How a process is. */
export interface HealthReport {
  /** `degraded`: something is down, and the process is of use all the same. */
  readonly status: 'ok' | 'degraded' | 'down';
  /** Since when; ISO-8601 UTC. */
  readonly since: string;
  /** What works, as seen from here. */
  readonly works: Readonly<Record<Ability, boolean>>;
  /** What does not, in words; empty when all is well. */
  readonly summary: string;
  readonly dependencies: readonly DependencyHealth[];
}

export interface HealthWatch {
  /** Looks, unless it has just done so. A check that does not tell counts as down. */
  report(): Promise<HealthReport>;
}

/** Whoever asks often is told what was found so many milliseconds ago. */
const freshMs = 1_000;

/** Keeps in mind since when each of the checks has been as it is. It knows what it is asked for: ask it regularly. */
export const createHealthWatch = (
  checks: () => Promise<readonly ReadinessCheck[]>,
  clock: Pick<Clock, 'now'>,
): HealthWatch => {
  const seen = new Map<string, { readonly state: boolean | string; readonly since: number }>();
  let latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined;

  const since = (name: string, state: boolean | string, now: number): string => {
    const before = seen.get(name);
    const kept = before?.state === state ? before : { state, since: now };
    seen.set(name, kept);
    return new Date(kept.since).toISOString();
  };

  const look = async (): Promise<HealthReport> => {
    const all = await checks().catch((error: unknown): ReadinessCheck[] => [
      { name: 'checks', ok: false, detail: error instanceof Error ? error.message : String(error) },
    ]);
    const now = clock.now();
    const failed = all.filter(({ ok }) => !ok);
    const isDown = missing(all).length > 0;
    const status = isDown ? 'down' : failed.length > 0 ? 'degraded' : 'ok';
    const lost = new Set(failed.flatMap(({ takes, needed = true }) => takes ?? (needed ? abilities : [])));
    return {
      status,
      since: since('', status, now),
      works: Object.fromEntries(abilities.map((each) => [each, !lost.has(each)])) as HealthReport['works'],
      summary: failed.flatMap(({ means }) => means ?? []).join(' '),
      dependencies: all.map(({ name, ok, detail, means }) => ({
        name,
        ok,
        since: since(`check ${name}`, ok, now),
        ...(detail !== undefined && { detail }),
        ...(!ok && means !== undefined && { means }),
      })),
    };
  };

  return {
    report() {
      const ageMs = latest ? clock.now() - latest.atMs : Infinity;
      if (!latest || ageMs < 0 || ageMs >= freshMs) latest = { atMs: clock.now(), report: look() };
      return latest.report;
    },
  };
};

/** Without what tells of the inside: for everybody. */
export const publicHealth = ({ status, since, works, summary }: HealthReport) => ({
  status,
  since,
  works,
  summary,
});
