import { Controller, Get, Inject, Res } from '@nestjs/common';
import { HealthDetails } from '@hse/contracts/http';
import type { FastifyReply } from 'fastify';
import { jsonAnswer, send } from '../answer.ts';
import { HEALTH_WATCH } from '../dependencies.ts';
import { Describe } from '../route-table.ts';
import type { HealthWatch } from '@hse/service-kit';

@Controller('api/v1/admin/health')
export class HealthDetailsController {
  readonly #health: HealthWatch;

  constructor(@Inject(HEALTH_WATCH) health: HealthWatch) {
    this.#health = health;
  }

  @Get()
  @Describe({
    id: 'getHealthDetails',
    tag: 'Administration',
    scope: 'operations:read',
    summary: 'What this gateway depends on: what is down, since when, and what that means',
    answer: { status: 200, description: 'As seen from this process.', shape: HealthDetails },
  })
  async details(@Res() reply: FastifyReply): Promise<void> {
    send(reply, jsonAnswer(200, await this.#health.report()));
  }
}
