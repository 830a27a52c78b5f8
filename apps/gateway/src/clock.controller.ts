import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ClockAdvance, ClockView } from '@hse/contracts/http';
import { toEpochMs, toInstant } from '@hse/session-requests';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import { HttpProblem } from './http-problem.ts';
import { Idempotency } from './idempotency.ts';
import { invalidRequest } from './request-validation.ts';
import { Describe } from './route-table.ts';

const endOfClock = '9999';

/** The test clock; only there with a simulated clock. */
@Controller('api/v1/clock')
export class ClockController {
  readonly #gateway: GatewayDependencies;
  readonly #idempotency: Idempotency;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(Idempotency) idempotency: Idempotency) {
    this.#gateway = gateway;
    this.#idempotency = idempotency;
  }

  @Get()
  @Describe({
    id: 'getClock',
    tag: 'Clock',
    summary: 'What the simulated clock reads',
    answer: { status: 200, description: 'The reading.', shape: ClockView },
  })
  now(@Res() reply: FastifyReply): void {
    send(reply, jsonAnswer(200, this.#reading()));
  }

  @Post('advance')
  @Describe({
    id: 'advanceClock',
    tag: 'Clock',
    summary: 'Jump forward',
    description: 'Answers when everything that fell due has been carried out and can be seen.',
    body: { shape: ClockAdvance },
    answer: { status: 200, description: 'The reading afterwards.', shape: ClockView },
    problems: ['clock-not-forward'],
  })
  async advance(
    @Req() request: FastifyRequest<{ Body: ClockAdvance }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { clock, testClock } = this.#gateway;
    // Deadlines and slots lie ahead of the clock, and instants end with the year 9999.
    if (request.body.to >= endOfClock)
      throw invalidRequest([{ path: '/body/to', message: 'has to be in the year 9998 at the latest' }]);
    const answer = await this.#idempotency.once(request, async () => {
      const to = toEpochMs(request.body.to);
      if (to <= clock.now())
        throw new HttpProblem('clock-not-forward', `The clock already reads ${this.#reading().now}.`);
      await testClock?.advanceTo(to);
      return jsonAnswer(200, this.#reading());
    });
    send(reply, answer);
  }

  #reading(): ClockView {
    return { now: toInstant(this.#gateway.clock.now()) };
  }
}
