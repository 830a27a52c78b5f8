/** A stream that a group has stopped following at an event it failed on, while all others proceed. */
export interface ParkedStream {
  readonly group: string;
  readonly stream: string;
  /** Of the log's partitions, the one that the stream belongs to. */
  readonly partition: number;
  /** The first event that has no effect yet; nothing after it has any either. */
  readonly fromRevision: number;
  /** Why it failed, for people. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** ISO-8601 UTC. */
  readonly parkedAt: string;
  /** `parked`: somebody has to decide. `retry`: they did, it is about to be tried again. `discarded`: they did, it stays without effect. */
  readonly state: 'parked' | 'retry' | 'discarded';
}

/** Which streams which groups do not follow at present. The events themselves are in the log. Shared by all instances; durable when a promise resolves. */
export interface ParkedStreams {
  /** Adds a stream, or brings up to date why it is parked; its state becomes `parked`. */
  park(stream: Omit<ParkedStream, 'state'>): Promise<void>;
  /** Of a group, or of all; by group and stream. */
  list(group?: string): Promise<ParkedStream[]>;
  /** @returns false when there is no such stream. */
  decide(group: string, stream: string, decision: 'retry' | 'discarded'): Promise<boolean>;
  /** Takes a stream off the list: the group follows it again. */
  unpark(group: string, stream: string): Promise<void>;
  close(): Promise<void>;
}
