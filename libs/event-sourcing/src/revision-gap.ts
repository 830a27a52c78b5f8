/**
 * An event came whose predecessor has not been seen; what follows from it cannot be known. A consumer throws it; a feed that
 * can delivers the missing events first.
 */
export class RevisionGap extends Error {
  readonly stream: string;
  readonly expected: number;
  readonly found: number;
  constructor(stream: string, expected: number, found: number) {
    super(`${stream}: revision ${expected} has to come next, but ${found} came`);
    this.name = 'RevisionGap';
    this.stream = stream;
    this.expected = expected;
    this.found = found;
  }
}
