import { setTimeout as pause } from 'node:timers/promises';
import { demoAccounts } from '@hse/gateway';
import { createApi, type Api, type Page, type SessionRequestView } from './api.ts';

const day = 24 * 3_600_000;

const idOf = (account: string): string => String(demoAccounts.find((each) => each.account === account)?.id);

/** One thing that a caller wants, under an idempotency key, and what it was told about it. */
interface Wish {
  readonly key: string;
  readonly index: number;
  acknowledged?: SessionRequestView;
  accepted?: SessionRequestView;
}

/** Neither acknowledged nor refused: the connection broke, or the service said that it cannot tell. */
class NoAnswer extends Error {}

/** Of what fetch throws. */
const causeOf = (error: unknown): string => {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return `${cause?.code ?? ''} ${cause?.message ?? String(error)}`.trim();
};

/** Callers who each ask for a session and accept it for the other party, one after the other, for as long as it runs. */
export interface Load {
  /** How many session requests have been asked for. */
  readonly wishes: number;
  /** How many calls got no answer. */
  readonly unanswered: number;
  /** What became of those. */
  readonly faults: readonly string[];
  /** The session requests that were made, accepted or not. */
  readonly ids: readonly string[];
  start(): void;
  /** Resolves when so many have been asked for since the start. Rejects when an answer was wrong. */
  until(wishes: number): Promise<void>;
  /** Resolves when what was under way has been answered or cut off. */
  stop(): Promise<void>;
  /** Whoever got no answer asks again, under the same key, until all have one. */
  finish(): Promise<void>;
  /**
   * Whether everything that was acknowledged since this was last asked is there, as acknowledged, and all of it exactly once.
   * @throws Error that says what is not.
   */
  verify(): Promise<void>;
}

export const createLoad = async ({
  urls,
  mint,
  callers = 16,
  insists = false,
  thinkMs = 0,
}: {
  /** Callers take them in turn. */
  urls: readonly string[];
  mint: (participantId: string) => Promise<string>;
  callers?: number;
  /** Whether a caller without an answer asks again before it wants something else. Default: not before {@link Load.finish}. */
  insists?: boolean;
  /** How long a caller waits before wanting the next thing, milliseconds. Default: 0, which is all that the machine can do. */
  thinkMs?: number;
}): Promise<Load> => {
  const apisOf = async (account: string): Promise<readonly Api[]> => {
    const token = await mint(idOf(account));
    return urls.map((url) => createApi(url, token));
  };
  const askers = await apisOf('kenji');
  const answerers = await apisOf('anna');
  const wishes: Wish[] = [];
  let verified = 0;
  const faults: string[] = [];
  let calls = 0;
  let running: Promise<unknown> | undefined;
  let isRunning = false;

  const call = async (
    apis: readonly Api[],
    path: string,
    body: unknown,
    { key, revision, expected }: { key: string; revision?: number; expected: number },
  ): Promise<SessionRequestView> => {
    calls += 1;
    const api = apis[calls % apis.length] as Api;
    const answer = await api
      .post(path, body, { revision, headers: { 'idempotency-key': key } })
      .catch((error: unknown) => {
        // By its name, because fetch throws errors of another realm than jest's.
        if ((error as Error).name === 'TypeError') throw new NoAnswer(`${path}: ${causeOf(error)}`);
        throw error;
      });
    if (answer.status === 503) throw new NoAnswer(`${path}: 503 ${JSON.stringify(answer.body)}`);
    if (answer.status !== expected)
      throw new Error(`${key} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  /** Different for each, so that a repeat with another body would be noticed. */
  const slotOf = (index: number) => {
    const startsAt = Date.UTC(2027, 0, 1) + (index % 200) * day + index;
    return {
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + day / 24).toISOString(),
    };
  };

  const fulfil = async (wish: Wish): Promise<void> => {
    const { key, index } = wish;
    wish.acknowledged ??= await call(
      askers,
      '/session-requests',
      { with: idOf('anna'), ...slotOf(index), note: key },
      { key, expected: 201 },
    );
    wish.accepted ??= await call(answerers, `/session-requests/${wish.acknowledged.id}/accept`, undefined, {
      key,
      revision: 0,
      expected: 200,
    });
  };

  const next = (): Wish => {
    const index = wishes.length;
    const wish: Wish = { key: `wish-${index}`, index };
    wishes.push(wish);
    return wish;
  };

  const goOn = async (): Promise<void> => {
    let wish = next();
    while (isRunning) {
      try {
        await fulfil(wish);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        faults.push(error.message);
        await pause(insists ? 100 : 20);
        if (insists) continue;
      }
      await pause(thinkMs);
      if (isRunning) wish = next();
    }
  };

  const countAll = async (api: Api): Promise<number> => {
    const ids = new Set<string>();
    let cursor = '';
    do {
      const { body } = await api.get<Page<SessionRequestView>>(
        `/session-requests?limit=200${cursor && `&cursor=${cursor}`}`,
      );
      for (const { id } of body.items) {
        if (ids.has(id)) throw new Error(`${id} is listed twice`);
        ids.add(id);
      }
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    return ids.size;
  };

  return {
    get wishes() {
      return wishes.length;
    },
    get unanswered() {
      return faults.length;
    },
    faults,
    get ids() {
      return wishes.flatMap(({ acknowledged }) => acknowledged?.id ?? []);
    },
    start: () => {
      isRunning = true;
      running = Promise.all(Array.from({ length: callers }, goOn));
      running.catch(() => (isRunning = false)); // told by `until` and `stop`
    },
    until: async (count) => {
      const enough = wishes.length + count;
      while (wishes.length < enough && isRunning) await pause(5);
      if (!isRunning) await running;
    },
    stop: async () => {
      isRunning = false;
      await running;
    },
    finish: async () => {
      for (const wish of wishes)
        while (!wish.accepted)
          await fulfil(wish).catch((error: unknown) => {
            if (!(error instanceof NoAnswer)) throw error;
            return pause(20);
          });
    },
    verify: async () => {
      const api = askers[0] as Api;
      const verifyOne = async ({ key, acknowledged }: Wish): Promise<void> => {
        const { body } = await api.get<Page<{ type: string }>>(
          `/session-requests/${acknowledged?.id}/history?atLeast=1`,
        );
        const types = body.items.map(({ type }) => type).join();
        if (types !== 'SessionRequested,SessionAccepted') throw new Error(`${key} has become ${types}`);
      };
      const left = wishes.slice(verified).values();
      const verifyOnes = async (): Promise<void> => {
        for (const wish of left) await verifyOne(wish);
      };
      await Promise.all(Array.from({ length: callers }, verifyOnes));
      verified = wishes.length;
      const count = await countAll(api);
      if (count !== wishes.length) throw new Error(`${wishes.length} were asked for and ${count} are listed`);
    },
  };
};
