import type { RecordedAnswer } from '@hse/contracts';
import { problemContentType, type Problem } from '@hse/contracts/http';
import type { FastifyReply } from 'fastify';
import type { HttpProblem } from './http-problem.ts';

/** A whole answer, as it is sent and as it is recorded for an idempotency key. */
export type Answer = RecordedAnswer;

const jsonContentType = 'application/json; charset=utf-8';

export const jsonAnswer = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': jsonContentType, ...headers },
  body: JSON.stringify(body),
});

export const problemAnswer = ({ problem, headers }: HttpProblem): Answer => ({
  status: problem.status,
  headers: { 'content-type': problemContentType, ...headers },
  body: JSON.stringify(problem),
});

export const send = (reply: FastifyReply, { status, headers, body }: Answer): void => {
  // Also of an answer that was recorded earlier.
  if (status >= 400) reply.request.problemCode = (JSON.parse(body) as Problem).code;
  void reply.code(status).headers(headers).send(body);
};
