import { HttpProblem } from './http-problem.ts';
import { invalidRequest } from './request-validation.ts';

export const etagOf = (revision: number): string => `"${revision}"`;

const form = /^"(0|[1-9]\d{0,14})"$/;

/** The revision that an `If-Match` header names; undefined unless it is exactly one ETag of ours. */
export const revisionOf = (header: string | undefined): number | undefined => {
  const match = header === undefined ? null : form.exec(header);
  return match ? Number(match[1]) : undefined;
};

/** Says what is wrong with a header that {@link revisionOf} could not read. */
export const ifMatchProblem = (header: string | undefined): HttpProblem =>
  header === undefined
    ? new HttpProblem(
        'if-match-required',
        'Send the ETag of the session request that you decided on as If-Match.',
      )
    : invalidRequest([
        {
          path: '/header/if-match',
          message:
            'has to be exactly one ETag as it was received, such as "3" with its quotes; * or a weak one would accept what nobody saw',
        },
      ]);
