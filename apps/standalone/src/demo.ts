/**
 * Plays one session request of every kind through the HTTP API of a real server, on a clock on which an hour passes every
 * second, and shows what happens as a timeline: `npm run demo`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { styleText } from 'node:util';
import { toEpochMs, toInstant, type Instant, type Slot } from '@hse/session-requests';
import { readStandaloneSettings } from './settings.ts';
import { startStandalone } from './standalone.ts';
import { mintToken } from './token-minting.ts';

const HOUR = 3_600_000;
const simulatedSecondsPerSecond = 3600;
const start = '2026-11-23T08:00:00.000Z';

/** The part of a session request that the demonstration shows. */
interface Shown {
  id: string;
  status: string;
  revision: number;
  agreed: Slot | null;
  proposal: (Slot & { respondBy: Instant; awaiting: 'coach' | 'client' }) | null;
  outcome: { by: string; reason?: string } | null;
}

const dataDir = mkdtempSync(join(tmpdir(), 'session-requests-demo-'));
const server = await startStandalone(
  readStandaloneSettings({
    PORT: '0',
    DATA_DIR: dataDir,
    CLOCK: 'simulated',
    CLOCK_START: toInstant(toEpochMs(start) - 2 * HOUR), // the clock runs while the server starts

    CLOCK_SPEED: String(simulatedSecondsPerSecond),
    LOG_LEVEL: 'error',
  }),
);

// --- Printing ---------------------------------------------------------------------------------------------------

const dim = (text: string): string => styleText('dim', text);
const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: '2-digit',
  month: 'short',
});
const time = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });
const dayOf = (instant: Instant): string => day.format(toEpochMs(instant));
const timeOf = (instant: Instant): string => time.format(toEpochMs(instant));
const spoken = (slot: Slot): string =>
  `${dayOf(slot.startsAt)} ${timeOf(slot.startsAt)}–${timeOf(slot.endsAt)}`;

const looks = {
  asks: 'cyan',
  proposes: 'cyan',
  accepts: 'green',
  rejects: 'red',
  withdraws: 'yellow',
  'calls off': 'yellow',
  'is too late': 'magenta',
  cancels: 'magenta',
} as const;
type Verb = keyof typeof looks;
const signs: Record<Verb, string> = {
  asks: '?',
  proposes: '↔',
  accepts: '✓',
  rejects: '✗',
  withdraws: '↩',
  'calls off': '✗',
  'is too late': '!',
  cancels: '⏱',
};

let printedDay = '';
const print = (at: Instant, who: string, verb: Verb, what: string, then = ''): void => {
  if (dayOf(at) !== printedDay) {
    printedDay = dayOf(at);
    console.log(`\n  ${styleText('bold', printedDay)}`);
  }
  const act = styleText(looks[verb], `${signs[verb]} ${verb.padEnd(11)}`);
  console.log(
    `    ${dim(timeOf(at))}  ${who.padEnd(7)} ${act}  ${what}${then === '' ? '' : dim(`  ${then}`)}`,
  );
};

// --- The participants, through HTTP -----------------------------------------------------------------------------

const api = async (account: string) => {
  const participant = server.settings.accounts.find((each) => each.account === account);
  if (!participant) throw new Error(`there is no account ${account}`);
  const token = await mintToken({
    dataDir,
    audience: server.settings.OIDC_AUDIENCE,
    account: participant.id,
  });
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    revision?: number,
  ): Promise<{ status: number; body: T }> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(revision !== undefined && { 'if-match': `"${revision}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  return { ...participant, firstName: participant.name.split(' ')[0] ?? participant.name, call };
};

type Person = Awaited<ReturnType<typeof api>>;
const [anna, mateo, chloe, kenji, priya, noah] = (await Promise.all(
  ['anna', 'mateo', 'chloe', 'kenji', 'priya', 'noah'].map(api),
)) as [Person, Person, Person, Person, Person, Person];

const now = async (): Promise<Instant> => (await anna.call<{ now: Instant }>('GET', '/clock')).body.now;

/** Waits for an hour of the demonstration to come. */
const hour = async (hours: number): Promise<void> => {
  const waitMs = toEpochMs(start) + hours * HOUR - toEpochMs(await now());
  if (waitMs > 0) await pause(waitMs / simulatedSecondsPerSecond);
};

const slotAt = (hours: number): Slot => ({
  startsAt: toInstant(toEpochMs(start) + hours * HOUR),
  endsAt: toInstant(toEpochMs(start) + (hours + 1) * HOUR),
});

const expectOk = (answer: { status: number; body: Shown }): Shown => {
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};

const answerBy = ({ proposal }: Shown): string =>
  proposal
    ? `the ${proposal.awaiting} answers by ${dayOf(proposal.respondBy)} ${timeOf(proposal.respondBy)}`
    : '';

const ask = async (by: Person, other: Person, slot: Slot): Promise<Shown> => {
  const made = expectOk(await by.call<Shown>('POST', '/session-requests', { with: other.id, ...slot }));
  print(await now(), by.firstName, 'asks', `${other.firstName} for ${spoken(slot)}`, answerBy(made));
  return made;
};

const act = async (
  by: Person,
  action: string,
  seen: Shown,
  body: object | undefined,
  verb: Verb,
  what: string,
): Promise<Shown> => {
  const next = expectOk(
    await by.call<Shown>('POST', `/session-requests/${seen.id}/${action}`, body, seen.revision),
  );
  print(await now(), by.firstName, verb, what, answerBy(next));
  return next;
};

const adjust = (by: Person, seen: Shown, slot: Slot): Promise<Shown> =>
  act(by, 'adjust', seen, slot, 'proposes', `${spoken(slot)} instead`);
const accept = (by: Person, seen: Shown): Promise<Shown> =>
  act(by, 'accept', seen, undefined, 'accepts', seen.proposal ? spoken(seen.proposal) : '');

/** Waits until the system has cancelled what nobody answered, and shows it as both sides are told of it. */
const silence = async (by: Person, seen: Shown, what: string): Promise<Shown> => {
  for (;;) {
    const { body } = await by.call<Shown>('GET', `/session-requests/${seen.id}`);
    if (body.revision > seen.revision) {
      const { body: told } = await by.call<{ items: { requestId: string; at: Instant }[] }>(
        'GET',
        '/notifications',
      );
      const notice = told.items.find(({ requestId }) => requestId === seen.id);
      if (!notice) throw new Error('nobody was told of an automatic cancellation');
      const { awaiting } = seen.proposal ?? {};
      print(notice.at, 'system', 'cancels', what, `no answer from the ${awaiting}; both are told`);
      return body;
    }
    await pause(20);
  }
};

// --- The stories ------------------------------------------------------------------------------------------------

const stories: Record<string, () => Promise<Shown>> = {
  'asked and accepted': async () => {
    await hour(0);
    const asked = await ask(chloe, anna, slotAt(74));
    await hour(2);
    return accept(anna, asked);
  },
  'countered, then accepted': async () => {
    await hour(0.4);
    const asked = await ask(kenji, anna, slotAt(52));
    await hour(5);
    const countered = await adjust(anna, asked, slotAt(56));
    await hour(9);
    return accept(kenji, countered);
  },
  'asked and rejected': async () => {
    await hour(1);
    const asked = await ask(mateo, priya, slotAt(30));
    await hour(4);
    return act(
      priya,
      'reject',
      asked,
      { reason: 'at a conference' },
      'rejects',
      `${spoken(slotAt(30))}: at a conference`,
    );
  },
  'asked and withdrawn': async () => {
    await hour(1.5);
    const asked = await ask(noah, mateo, slotAt(80));
    await hour(6);
    return act(
      noah,
      'cancel',
      asked,
      { reason: 'no longer needed' },
      'withdraws',
      'the request: no longer needed',
    );
  },
  'accepted, then called off': async () => {
    await hour(3);
    const agreed = await (async () => {
      const asked = await ask(anna, noah, slotAt(28));
      await hour(7);
      return accept(noah, asked);
    })();
    await hour(12);
    return act(
      anna,
      'cancel',
      agreed,
      { what: 'session', reason: 'ill' },
      'calls off',
      `${spoken(slotAt(28))}: ill`,
    );
  },
  'a coach who does not answer': async () => {
    await hour(2.5);
    return silence(priya, await ask(priya, anna, slotAt(29)), `Priya's request to Anna`);
  },
  'a client who does not answer, at short notice': async () => {
    await hour(8);
    const asked = await ask(mateo, kenji, slotAt(14));
    const ended = await silence(mateo, asked, `Mateo's request to Kenji`);
    const late = await kenji.call<{ status: number; code: string }>(
      'POST',
      `/session-requests/${asked.id}/accept`,
      undefined,
      ended.revision,
    );
    print(await now(), 'Kenji', 'is too late', `accepting is refused: ${late.status} ${late.body.code}`);
    return ended;
  },
  'a change that nobody answers: the session stands': async () => {
    await hour(3.5);
    const asked = await ask(chloe, mateo, slotAt(40));
    await hour(10);
    const agreed = await accept(mateo, asked);
    await hour(11);
    return silence(chloe, await adjust(chloe, agreed, slotAt(34)), 'the change; the agreed session stands');
  },
  'a change taken back: the session stands': async () => {
    await hour(4.5);
    const asked = await ask(priya, mateo, slotAt(60));
    await hour(13);
    const changing = await adjust(priya, await accept(mateo, asked), slotAt(64));
    await hour(15);
    return act(
      priya,
      'cancel',
      changing,
      { what: 'change' },
      'withdraws',
      'the change; the agreed session stands',
    );
  },
};

console.log(
  `\n  ${styleText('bold', 'Session requests, one of every kind')}  ${dim('an hour passes every second; all times UTC')}`,
);
const began = Date.now();
try {
  const ended = await Promise.all(
    Object.entries(stories).map(async ([name, story]): Promise<[string, Shown]> => [name, await story()]),
  );
  console.log(`\n  ${styleText('bold', 'How they ended')}`);
  for (const [name, { status, agreed, outcome }] of ended)
    console.log(
      `    ${status.padEnd(10)} ${name}  ${dim(agreed ? spoken(agreed) : outcome ? `by the ${outcome.by}` : '')}`,
    );
  console.log(
    `\n  ${dim(`${ended.length} session requests in ${((Date.now() - began) / 1000).toFixed(0)} s, through ${server.url}/api/v1`)}\n`,
  );
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
