import { describe, expect, it } from '@jest/globals';
import { createGrpcCommandBus } from '@hse/command-bus/grpc';
import type { SessionRequestBus } from '@hse/contracts';
import { createTimers, silentLogger } from '@hse/service-kit';
import { startRequestsInstance } from './testing/requests-instance.ts';

const timers = createTimers();
const connect = (address: string): ReturnType<typeof createGrpcCommandBus> =>
  createGrpcCommandBus({ address, timers, logger: silentLogger });

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1_000 && !isSo(); tries += 1)
    await new Promise<void>((resolve) => timers.after(5, resolve));
  expect(isSo()).toBe(true);
};

const command = (n: number): Parameters<SessionRequestBus['execute']>[0] => ({
  commandId: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  command: { type: 'ExpireSessionRequest', requestId: `r${n}`, round: 1 },
});

describe('the requests service, when it is closed', () => {
  it('answers the commands under way, leaves the rest to the others, and then listens no more', async () => {
    const go = Promise.withResolvers<undefined>();
    const executed = [0, 0];
    const instances = await Promise.all(
      [0, 1].map((which) =>
        startRequestsInstance({
          async execute() {
            executed[which] = (executed[which] ?? 0) + 1;
            await go.promise;
            return { ok: true, current: undefined, position: which };
          },
        }),
      ),
    );
    const [one, other] = instances as [(typeof instances)[0], (typeof instances)[0]];
    const bus = connect([one.url, other.url].join());
    await until(() => bus.health().connected === 2);
    const first = Array.from({ length: 100 }, (_, n) => bus.execute(command(n)));
    await until(() => (executed[0] ?? 0) + (executed[1] ?? 0) === 100);
    const had = executed[0] ?? 0;
    expect(had).toBeGreaterThan(10);

    const closed = one.close();
    const rest = Array.from({ length: 100 }, (_, n) => bus.execute(command(100 + n)));
    await until(() => (executed[0] ?? 0) + (executed[1] ?? 0) === 200);
    go.resolve(undefined);
    const positions = (await Promise.all([...first, ...rest])).map((result) => result.ok && result.position);
    await closed;
    expect(executed).toEqual([had, 200 - had]);
    expect(positions.filter((position) => position === 0)).toHaveLength(had);
    await until(() => bus.health().instances.some(({ state }) => state === 'away'));
    await bus.close();
    await other.close();
  });

  it('ends also where nobody has connected', async () => {
    const { close, commands } = await startRequestsInstance({ execute: () => new Promise(() => {}) });
    await close();
    expect(commands.health()).toEqual({ streams: 0, underWay: 0, draining: true });
  });

  it('cannot listen where somebody else does', async () => {
    const one = await startRequestsInstance({ execute: () => new Promise(() => {}) });
    await expect(startRequestsInstance({ execute: () => new Promise(() => {}) }, one.url)).rejects.toThrow(
      /EADDRINUSE|No address added/,
    );
    await one.close();
  });
});
