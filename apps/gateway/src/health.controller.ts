import { Controller, Get, Inject, Res } from '@nestjs/common';
import { HealthView, problem, problemContentType } from '@hse/contracts/http';
import { alive, missing, publicHealth, type HealthWatch, type ReadinessCheck } from '@hse/service-kit';
import type { FastifyReply } from 'fastify';
import { jsonAnswer, send } from './answer.ts';
import { GATEWAY, HEALTH_WATCH, type GatewayDependencies } from './dependencies.ts';
import { Describe } from './route-table.ts';

/** For whoever runs the process; without a token. */
@Controller()
export class HealthController {
  readonly #gateway: GatewayDependencies;
  readonly #health: HealthWatch;
  #looking: Promise<readonly ReadinessCheck[]> | undefined;

  constructor(@Inject(GATEWAY) gateway: GatewayDependencies, @Inject(HEALTH_WATCH) health: HealthWatch) {
    this.#gateway = gateway;
    this.#health = health;
  }

  @Get('health')
  @Describe({
    id: 'getHealth',
    tag: 'Operation',
    summary: 'What works at present, and since when',
    description:
      'For people and pages. Whoever decides where requests go asks `/readyz`. Details are in `/api/v1/admin/health`.',
    answer: {
      status: 200,
      description: 'As seen from this process; also 200 when something is down.',
      shape: HealthView,
    },
  })
  async health(@Res() reply: FastifyReply): Promise<void> {
    send(reply, jsonAnswer(200, publicHealth(await this.#health.report())));
  }

  @Get('livez')
  @Describe({
    id: 'livez',
    tag: 'Operation',
    summary: 'The process answers, and has not got stuck by itself',
    answer: { status: 200, description: 'So it is.', mediaType: 'application/json' },
    problems: ['not-ready'],
  })
  alive(@Res() reply: FastifyReply): void {
    const [status, body] = alive(this.#gateway.underWay);
    send(reply, {
      ...jsonAnswer(status, body),
      ...(status >= 400 && { headers: { 'content-type': problemContentType } }),
    });
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
    const found = await this.#look();
    const failed = missing(found);
    // Anybody can ask here; why something is not ok is for operators.
    const checks = found.map(({ name, ok }) => ({ name, ok }));
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

  /** Nobody is kept from asking how the process is, so one look serves all who ask while it is under way. */
  #look(): Promise<readonly ReadinessCheck[]> {
    this.#looking ??= this.#gateway.readiness().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }
}
