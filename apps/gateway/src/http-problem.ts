import { problem, problemContentType, type Problem, type ProblemCode } from '@hse/contracts/http';
import type { FastifyReply } from 'fastify';

type Details = Parameters<typeof problem>[2];

/** Thrown where an answer is an error; carries the whole answer. */
export class HttpProblem extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** @param more.cause for the log; never part of the answer. */
  constructor(
    code: ProblemCode,
    detail?: string,
    more: Details & { headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    const { headers = {}, cause, ...details } = more;
    const whole = problem(code, detail, details);
    super(`${code}: ${whole.detail}`, cause === undefined ? undefined : { cause });
    this.name = 'HttpProblem';
    this.problem = whole;
    this.headers = headers;
  }
}

/** Of whoever would be asked for a session; who takes part no more is not asked either. */
export const unknownOtherParty = (): HttpProblem =>
  new HttpProblem('unknown-other-party', 'There is no participant of the id in "with".');

/** Of a session request whose other party takes part no more: they can neither come nor answer. */
export const otherPartyLeft = (): HttpProblem =>
  new HttpProblem(
    'unknown-other-party',
    'The other party takes part no more, so nothing can be agreed with them. What is on the table can be rejected or taken back, and a session cancelled.',
  );

export const sendProblem = (
  reply: FastifyReply,
  { problem, headers }: Pick<HttpProblem, 'problem' | 'headers'>,
): void => {
  reply.request.problemCode = problem.code;
  void reply
    .code(problem.status)
    .headers(headers)
    .header('content-type', problemContentType)
    .send(JSON.stringify(problem));
};
