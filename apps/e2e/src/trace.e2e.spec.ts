import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api, SessionRequestView } from './api.ts';
import { openLive } from './live.ts';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
import { DAY, HOUR, type System } from './system.ts';
import { onEachProfile } from './testing/profiles.ts';

/*
 * One trace, from the click of a person to what the other one is shown, and what a deadline leads to. The services export to a
 * collector; they send what is left when they stop, so it is looked at after that.
 */

const clickOf = (traceId: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
const asking = '4bf92f3577b34da6a3ce929d0e0e4736';
const accepting = '5bf92f3577b34da6a3ce929d0e0e4736';
const unwanted = '6bf92f3577b34da6a3ce929d0e0e4736';

onEachProfile((startSystem) => {
  const isEmbedded = (): boolean => receiver.spans.every(({ service }) => service === 'session-requests');
  const serviceOf = (name: string): string => (isEmbedded() ? 'session-requests' : name);
  let receiver: OtlpReceiver;
  let system: System;
  let kenji: Api;
  let expired: SessionRequestView;

  const of = (traceId: string): ReceivedSpan[] => receiver.spans.filter((span) => span.traceId === traceId);
  const only = (spans: readonly ReceivedSpan[], name: string | RegExp, service: string): ReceivedSpan => {
    const found = spans.filter(
      (span) =>
        (typeof name === 'string' ? span.name === name : name.test(span.name)) && span.service === service,
    );
    if (found.length !== 1 || !found[0])
      throw new Error(
        `${found.length} spans ${name} of ${service} among ${spans.map((s) => `${s.service} ${s.name}`).join(', ')}`,
      );
    return found[0];
  };

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    system = await startSystem({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    kenji = await system.as('kenji');
    const anna = await system.as('anna');
    const live = await openLive(system.url, await system.token('anna'));
    const ask = async (traceId: string, leadMs: number): Promise<SessionRequestView> => {
      const { body } = await kenji.post<SessionRequestView>(
        '/session-requests',
        { with: system.participant('anna').id, ...(await system.slotIn(leadMs)), note: 'private' },
        { headers: { ...clickOf(traceId), tracestate: 'vendor=private', baggage: 'who=private' } },
      );
      return body;
    };
    const accepted = await ask(asking, 3 * DAY);
    await live.next(({ data }) => data.id === accepted.id && data.revision === 0);
    await anna.post(`/session-requests/${accepted.id}/accept`, undefined, {
      revision: 0,
      headers: clickOf(accepting),
    });
    await live.next(({ data }) => data.id === accepted.id && data.revision === 1);
    const { body } = await kenji.post<SessionRequestView>(
      '/session-requests',
      { with: system.participant('anna').id, ...(await system.slotIn(5 * DAY)) },
      { headers: { traceparent: `00-${unwanted}-00f067aa0ba902b7-00` } },
    );
    await live.next(({ data }) => data.id === body.id);
    expired = await ask('7bf92f3577b34da6a3ce929d0e0e4736', 30 * HOUR);
    await live.next(({ data }) => data.id === expired.id && data.revision === 0);
    await system.advanceBy(29 * HOUR);
    await live.next(({ data }) => data.id === expired.id && data.revision === 1);
    live.close();
    await system.stop();
  }, 120_000);
  afterAll(() => receiver.close());

  describe('a trace', () => {
    it('leads from the click through the command and the log to what the other one is shown', () => {
      const spans = of(asking);
      const http = only(spans, 'POST /api/v1/session-requests', serviceOf('gateway'));
      expect(http).toMatchObject({ kind: 'SERVER', parentId: '00f067aa0ba902b7' });
      expect(http.attributes).toMatchObject({
        'http.route': '/api/v1/session-requests',
        'http.response.status_code': 201,
      });

      const [sent, decided] = ['CLIENT', 'SERVER'].map((kind) =>
        only(
          spans.filter((span) => span.kind === kind),
          'RequestSession',
          serviceOf(kind === 'CLIENT' ? 'gateway' : 'requests'),
        ),
      ) as [ReceivedSpan, ReceivedSpan];
      expect(sent.parentId).toBe(http.spanId);
      expect(decided.parentId).toBe(sent.spanId);
      expect(decided.attributes).toMatchObject({ 'session_requests.outcome': 'recorded' });

      // What follows an event goes on where the event was decided.
      const after = { parentId: decided.spanId };
      const appended = only(spans, /^append /, serviceOf('requests'));
      expect(appended).toMatchObject({ ...after, kind: 'CLIENT' });
      const followers = spans.filter(({ name }) => name.startsWith('process '));
      expect(followers.map(({ attributes }) => attributes['messaging.consumer.group.name']).sort()).toEqual([
        'expiry',
        'notifications',
      ]);
      const shown = only(spans, 'send live update', serviceOf('gateway'));
      for (const span of [...followers, shown]) expect(span).toMatchObject(after);
      const projected = followers.find(({ service }) => service === serviceOf('notifications')) ?? shown;
      const inOrder = [http, sent, decided, appended, projected, shown];
      if (!isEmbedded()) {
        const published = only(spans, /^send .*events$/, 'requests');
        expect(published).toMatchObject({ ...after, kind: 'PRODUCER' });
        inOrder.splice(4, 0, published);
      }
      // By one clock: all of it runs on this machine.
      for (const [index, { startedAt }] of inOrder.entries())
        if (index > 0) expect(startedAt).toBeGreaterThanOrEqual(inOrder[index - 1]?.startedAt ?? 0n);
      expect(spans).toHaveLength(inOrder.length + 1);
    });

    it('is the one that the request named, another one for each', () => {
      expect(only(of(accepting), 'send live update', serviceOf('gateway')).attributes).toMatchObject({
        'session_requests.event': 'SessionAccepted',
      });
    });

    it('is not kept where the caller does not want it', () => {
      expect(of(unwanted)).toEqual([]);
    });

    it('of an automatic cancellation is one of its own, linked to that of the proposal', () => {
      const { traceId, links } = only(
        receiver.spans.filter(
          ({ kind, attributes }) =>
            kind === 'CLIENT' && attributes['session_requests.request_id'] === expired.id,
        ),
        'ExpireSessionRequest',
        serviceOf('expiry'),
      );
      expect(links).toEqual(['7bf92f3577b34da6a3ce929d0e0e4736']);
      expect(only(of(traceId), 'send live update', serviceOf('gateway')).attributes).toMatchObject({
        'session_requests.event': 'SessionCancelled',
      });
    });

    it('tells nothing of what people say, and nothing that came along with it', () => {
      const told = JSON.stringify(receiver.spans, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect(told).not.toMatch(/private|Bearer|eyJ|@|\?/);
    });
  });
});
