/** Makes identifiers. A port, because nothing random happens outside one. */
export interface Ids {
  /** A new UUID. Time-ordered (RFC 9562 version 7) in production, so that neighbours in time are neighbours in an index. */
  next(): string;
}
