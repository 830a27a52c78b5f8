/** What an export is, fixed when it begins: everything that its bytes depend on. */
export interface ExportPlan {
  readonly format: 'ndjson' | 'csv' | 'parquet';
  /** Version of the columns. */
  readonly schemaVersion: number;
  /** Names the log. */
  readonly history: string;
  /** Position up to which events are exported; what is recorded later is not in it. */
  readonly head: number;
  /** Rows after which what was written is made durable; in Parquet the rows of one part file. */
  readonly partRows: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly types: readonly string[];
  readonly participants: readonly string[];
  /** `plain`, or `pseudonymous` and a fingerprint of the key. */
  readonly identities: string;
  readonly withNotes: boolean;
  /** The policies known, by id, with a fingerprint of each. */
  readonly policies: readonly string[];
}

/** How far an export has come; all of it is on the disk. */
export interface ExportProgress {
  readonly rows: number;
  /** Of the last row written; 0 where there is none. */
  readonly position: number;
  /** Length of the file; of Parquet, 0. */
  readonly bytes: number;
  /** Part files; of a text, 0. */
  readonly parts: number;
}

export interface Manifest {
  readonly plan: ExportPlan;
  readonly done: ExportProgress;
}

export const nothingDone: ExportProgress = { rows: 0, position: 0, bytes: 0, parts: 0 };
