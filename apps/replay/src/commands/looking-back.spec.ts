import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultExpiryPolicy } from '@hse/session-requests';
import type { Io } from '../io.ts';
import { backtest } from './backtest.ts';
import { report } from './report.ts';
import { state } from './state.ts';
import { stats } from './stats.ts';

/** A client asks on 2 March at 9:00, and the coach accepts a millisecond later. */
const golden = fileURLToPath(
  new URL('../../../../libs/session-requests/golden/0.1.0/accepted-at-once.json', import.meta.url),
);

let folder: string;
let printed: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hse-replay-looking-back-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const io = (): Io => {
  printed = [];
  return {
    stdin: Readable.from([]),
    stdout: new Writable(),
    print: (line) => printed.push(line),
    say: () => {},
    progress: () => ({ show: () => {}, end: () => {} }),
    env: { XDG_CONFIG_HOME: folder },
    cwd: folder,
    root: folder,
    elapsedMs: () => 0,
    signal: new AbortController().signal,
  };
};
const history = ['--history', golden];
const plain = ['--identities', 'plain'];
const printedJson = (): Record<string, never> => JSON.parse(printed.join('\n')) as Record<string, never>;

describe('replay state', () => {
  it('tells a request, a calendar with its pending actions, and counts, as they were', async () => {
    const at = async (instant: string, ...args: string[]) => {
      await state.run(['--at', instant, '--json', ...plain, ...history, ...args], io());
      return printedJson();
    };
    expect(await at('2026-03-02T09:00:00.000Z', '--request', 'request-1')).toMatchObject({
      request: { status: 'pending', awaited: { role: 'coach', participantId: 'coach-1' } },
    });
    expect(await at('2026-03-02T09:00:00.001Z', '--request', 'request-1')).toMatchObject({
      request: { status: 'accepted', awaited: null },
    });
    expect(await at('2026-03-02T09:00:00.000Z', '--participant', 'coach-1')).toMatchObject({
      calendar: [{ requestId: 'request-1' }],
      pendingActions: [{ requestId: 'request-1' }],
    });
    expect((await at('2026-03-02T09:00:00.000Z', '--participant', 'client-1'))['pendingActions']).toEqual([]);
    expect(await at('2026-03-03')).toMatchObject({ counts: { accepted: 1, pending: 0 }, events: 2 });
  });

  it('is pseudonymous and without notes unless told otherwise, and finds who is meant by their pseudonym', async () => {
    const at = ['--at', '2026-03-02T09:00:00Z', '--json', ...history];
    await state.run([...at, '--participant', 'coach-1'], io());
    const text = printed.join('\n');
    expect(text).not.toMatch(/coach-1|client-1|request-1|Schritte/);
    const { participantId } = printedJson();
    await state.run([...at, '--participant', participantId!], io());
    expect(printed.join('\n')).toBe(text);
    await state.run([...at, '--request', 'request-1', '--with-notes'], io());
    expect(printed.join('\n')).toContain('Schritte');
  });

  it('says what is wrong with the question, and that there was nothing', async () => {
    await expect(state.run(history, io())).rejects.toMatchObject({ name: 'WrongUse' });
    await expect(state.run(['--at', 'yesterday', ...history], io())).rejects.toMatchObject({
      name: 'WrongUse',
    });
    await expect(
      state.run(['--at', '2026-03-02', '--request', 'request-1', ...history], io()),
    ).rejects.toMatchObject({ name: 'Failure', message: expect.stringContaining('no request') });
  });
});

describe('replay backtest', () => {
  const policy = (): string => {
    const cutOff = { beforeStart: 'P9D' };
    const path = join(folder, 'ten-days.json');
    const rules = [{ from: 'PT0S', client: cutOff, coach: cutOff }];
    writeFileSync(
      path,
      JSON.stringify({ ...defaultExpiryPolicy, id: 'ten-days', minimumNotice: 'P10D', rules }),
    );
    return path;
  };

  it('prints figures, or a page, or the requests concerned under pseudonyms', async () => {
    await backtest.run(['--policy', policy(), '--json', '--html', 'page.html', ...history], io());
    expect(printedJson()['policies']).toMatchObject([{ policyId: 'ten-days', total: { proposals: 1 } }]);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('ten-days');
    const year = join(folder, 'never.json');
    writeFileSync(
      year,
      JSON.stringify({
        ...defaultExpiryPolicy,
        id: 'never',
        minimumNotice: 'P60D',
        rules: [{ from: 'PT0S', client: { beforeStart: 'P9D' }, coach: { beforeStart: 'P9D' } }],
      }),
    );
    await backtest.run(['--policy', year, '--list', ...history], io());
    expect(printed.map((line) => JSON.parse(line) as object)).toMatchObject([
      { effect: 'refused', policyId: 'never' },
    ]);
    expect(printed.join()).not.toMatch(/request-1|coach-1|client-1/);
  });

  it('needs a policy, each with an id of its own', async () => {
    await expect(backtest.run(history, io())).rejects.toMatchObject({ name: 'WrongUse' });
    await expect(
      backtest.run(['--policy', policy(), '--policy', policy(), ...history], io()),
    ).rejects.toMatchObject({
      name: 'WrongUse',
    });
    await expect(backtest.run(['--policy', golden, ...history], io())).rejects.toMatchObject({
      name: 'Failure',
    });
  });
});

describe('replay stats and replay report', () => {
  it('tell and draw the same history', async () => {
    await stats.run(['--json', ...history], io());
    expect(printedJson()).toMatchObject({ events: 2, result: { client: { agreed: 1 } } });
    await stats.run(history, io());
    expect(printed.join('\n')).toContain('in the end: agreed');
    await report.run(['--out', 'report.html', ...history], io());
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(
      '100\u00a0% of the requests are agreed',
    );
  });

  it('do not know every time zone', async () => {
    await expect(stats.run(['--time-zone', 'Middle/Earth', ...history], io())).rejects.toMatchObject({
      name: 'WrongUse',
    });
  });
});
