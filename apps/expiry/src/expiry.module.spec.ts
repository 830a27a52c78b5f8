import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { Expiry } from './expiry.ts';
import { EXPIRY, ExpiryModule } from './expiry.module.ts';
import { createWorld, DAY_MS } from './testing/world.ts';

describe('The module of the expiry service', () => {
  it('carries deadlines out from when the application is up until it is closed', async () => {
    const world = createWorld();
    const respondBy = await world.request('a', DAY_MS);
    const laterDue = await world.request('b', 5 * DAY_MS);
    const application = await NestFactory.createApplicationContext(
      ExpiryModule.register(world.dependencies()),
      {
        logger: false,
        abortOnError: false,
      },
    );
    const expiry = application.get<Expiry>(EXPIRY);
    expect(expiry.status().state).not.toBe('new');
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect((await world.expired()).map(({ requestId }) => requestId)).toEqual(['a']);
    await application.close();
    expect(expiry.status().state).toBe('stopped');
    world.clock.advanceTo(laterDue);
    await world.turns();
    expect(await world.expired()).toHaveLength(1);
  });
});
