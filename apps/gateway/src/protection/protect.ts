import { isIP } from 'node:net';
import type { Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import type { Telemetry } from '@hse/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { WallClock } from '../dependencies.ts';
import { HttpProblem, sendProblem } from '../http-problem.ts';
import { Arriving } from './arriving.ts';
import { Overload } from './overload.ts';
import { addressKey, RateLimit, type Taken } from './rate-limit.ts';
import { budgets, type Budget, type Protection } from './settings.ts';

/** Whoever looks after the process has to see it when it is busiest. */
const forOperators: ReadonlySet<string> = new Set(['/livez', '/readyz', '/health', '/metrics']);
/** Of the places there are, what one address, or participant, may hold with requests that have not arrived to the end. */
const shareThatMayArrive = 0.1;
const liveRoute = '/api/v1/live';
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const logInRoute = '/auth/login';
const logInFormRoute = '/oidc/interaction/:uid';

export interface ProtectOptions {
  readonly protection: Protection;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'add'> | undefined;
}

/** What the rest of the gateway tells, and asks. */
export interface Protected {
  /** Of a route of the API, after it is known who asks: their budget. */
  readonly limitParticipant: onRequestHookHandler;
  /** Before anything is done to find out whether who asks is who they say. @throws HttpProblem `too-many-requests` */
  readonly mayTry: (request: FastifyRequest) => void;
  /** What they said was not taken. */
  readonly hasFailed: (request: FastifyRequest) => void;
}

/**
 * Refuses what is too much, as early as it can be known: with 503 when there is more to do than can be done, with 429 when one address or
 * participant asks for more than its share. Both with `Retry-After`. Budgets are those of this process.
 */
export const protect = (fastify: FastifyInstance, options: ProtectOptions): Protected => {
  const { protection, wallClock, timers, logger, telemetry } = options;
  const { rateLimits = {}, overload: bounds } = protection;
  const limits = Object.fromEntries(
    budgets.flatMap((budget) => {
      const rate = rateLimits[budget];
      return rate ? [[budget, new RateLimit(rate, wallClock)] as const] : [];
    }),
  ) as { readonly [budget in Budget]?: RateLimit };
  const overload = bounds && new Overload(bounds, timers, logger);
  if (overload) fastify.addHook('onClose', () => overload.close());
  const arriving = bounds && new Arriving(Math.ceil(bounds.requests * shareThatMayArrive));

  const refused = (reason: 'rate-limit' | 'overload'): void => {
    telemetry?.add('session_requests.http.refused', 1, { reason });
  };
  // What is not there yet looks as if nobody measured it, and its first increase is seen by nobody.
  for (const reason of ['rate-limit', 'overload'] as const)
    telemetry?.add('session_requests.http.refused', 0, { reason });
  const tooMany = (budget: Budget, taken: Taken): HttpProblem => {
    refused('rate-limit');
    return new HttpProblem('too-many-requests', `${explained[budget]} Wait ${taken.retryAfterS} s.`, {
      headers: { 'retry-after': String(taken.retryAfterS) },
    });
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    if (forOperators.has(routeOf(request))) {
      done();
      return;
    }
    if (overload?.isOver) {
      refused('overload');
      overload.refuse();
      // A caller that is sent away keeps no connection: the next try may find another instance.
      sendProblem(reply.header('connection', 'close'), overloaded);
      return;
    }
    if (overload && routeOf(request) !== liveRoute) count(overload, reply);
    const key = addressOf(request);
    const taken = limits.address?.take(key);
    if (taken && !taken.isTaken) {
      sendProblem(reply, tooMany('address', taken));
      return;
    }
    if (limits['log-ins'] && isLogIn(request)) {
      const attempt = limits['log-ins'].take(key);
      if (!attempt.isTaken) {
        sendProblem(reply, tooMany('log-ins', attempt));
        return;
      }
    }
    done();
  });

  // Who asks is known by now, where they have to say so, and of the body nothing has been read.
  if (arriving)
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      if (!hasBody(request) || arriving.begin(request.raw, reply.raw, sendersOf(request))) {
        done(null, payload);
        return;
      }
      refused('rate-limit');
      sendProblem(reply.header('connection', 'close'), tooSlow);
    });

  return {
    limitParticipant: (request, reply, done) => {
      const budget = reading.has(request.method) ? 'reads' : 'commands';
      const limit = limits[budget];
      // Who takes no part, as an operator, is known by the address alone.
      const { participant } = request as Partial<FastifyRequest>;
      if (!limit || !participant) {
        done();
        return;
      }
      const taken = limit.take(participant.id);
      announce(reply, budget, limit, taken);
      if (taken.isTaken) done();
      else sendProblem(reply, tooMany(budget, taken));
    },
    mayTry: (request) => {
      const taken = limits['log-ins']?.look(addressOf(request));
      if (taken && !taken.isTaken) throw tooMany('log-ins', taken);
    },
    hasFailed: (request) => void limits['log-ins']?.take(addressOf(request)),
  };
};

const overloaded = new HttpProblem(
  'overloaded',
  'There is more to do at present than can be done. Nothing has been done; repeat the request.',
  { headers: { 'retry-after': '1' } },
);

const tooSlow = new HttpProblem(
  'too-many-requests',
  'So many requests of one sender have not arrived to the end. Send each of them whole.',
  { headers: { 'retry-after': '1' } },
);

const explained: Readonly<Record<Budget, string>> = {
  address: 'So many requests from one address are not served.',
  'log-ins': 'Too many attempts to log in, or tokens that were not taken, have come from this address.',
  commands: 'So many changes by one participant are not made.',
  reads: 'So many requests of one participant are not served.',
};

/** Not by the path as it was sent: the router takes letters written as their codes, and whole addresses, too. Empty where there is no route. */
const routeOf = ({ routeOptions }: FastifyRequest): string =>
  (routeOptions as Partial<FastifyRequest['routeOptions']> | undefined)?.url ?? '';

/** Only what costs the server something: pages and redirects are free. */
const isLogIn = (request: FastifyRequest): boolean => {
  const route = routeOf(request);
  return route === logInRoute || (route === logInFormRoute && request.method === 'POST');
};

/** The address that it comes from; what a proxy says counts where it is an address. */
const addressOf = ({ ip, socket }: FastifyRequest): string =>
  addressKey(isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip);

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

const sendersOf = (request: FastifyRequest): string[] => {
  const { participant } = request as Partial<FastifyRequest>;
  const address = `address ${addressOf(request)}`;
  return participant ? [address, `participant ${participant.id}`] : [address];
};

/** From now on until its answer has gone out, or its caller. */
const count = (overload: Overload, { raw }: FastifyReply): void => {
  overload.begin();
  let isCounted = true;
  const end = (): void => {
    if (isCounted) overload.end();
    isCounted = false;
  };
  raw.once('finish', end).once('close', end);
};

// cspell:ignore httpapi
/** As draft-ietf-httpapi-ratelimit-headers-10 has it: the policy, and what is left of it. */
const announce = (reply: FastifyReply, budget: Budget, { rate }: RateLimit, taken: Taken): void => {
  reply
    .header('ratelimit-policy', `"${budget}";q=${rate.requests};w=${rate.seconds}`)
    .header('ratelimit', `"${budget}";r=${taken.left};t=${taken.resetS}`);
};
