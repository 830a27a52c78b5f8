import { Controller, Get, Inject, Res } from '@nestjs/common';
import { problem, problemContentType } from '@hse/contracts/http';
import { missing } from '@hse/service-kit';
import type { FastifyReply } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { GATEWAY, type GatewayDependencies } from './dependencies.ts';
import { Describe } from './route-table.ts';

/** For whoever runs the process; without a token. */
@Controller()
export class HealthController {
  readonly #gateway: GatewayDependencies;
  constructor(@Inject(GATEWAY) gateway: GatewayDependencies) {
    this.#gateway = gateway;
  }

  @Get('livez')
  @Describe({
    id: 'livez',
    tag: 'Operation',
    summary: 'The process answers',
    answer: { status: 200, description: 'It does.', mediaType: 'application/json' },
  })
  alive(@Res() reply: FastifyReply): void {
    send(reply, jsonAnswer(200, { status: 'ok' }));
  }

  @Get('readyz')
  @Describe({
    id: 'readyz',
    tag: 'Operation',
    summary: 'Whether requests are better sent here than elsewhere',
    description:
      'What no request can be served without works. Where commands cannot be executed at present the gateway is ready all the same: everything else goes on.',
    answer: { status: 200, description: 'The checks, by name.', mediaType: 'application/json' },
    problems: ['not-ready'],
  })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const checks = await this.#gateway.readiness();
    const failed = missing(checks);
    if (failed.length === 0) {
      send(reply, jsonAnswer(200, { status: 'ready', checks }));
      return;
    }
    const whole = { ...problem('not-ready', `Not ready: ${failed.join(', ')}.`), checks };
    send(reply, {
      status: whole.status,
      headers: { 'content-type': problemContentType, 'retry-after': '1' },
      body: JSON.stringify(whole),
    });
  }
}
