import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api, Page, Reply, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let anna: Api;
  let kenji: Api;
  let annaId: string;

  beforeAll(async () => {
    system = await startSystem();
    anna = await system.as('anna');
    kenji = await system.as('kenji');
    annaId = system.participant('anna').id;
  });
  afterAll(() => system.stop());

  describe('after a restart', () => {
    it('everything that was acknowledged is there, for the same tokens', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(4 * DAY), 'about the marathon');
      const accepted = await anna.act('accept', asked);
      await system.restart();
      const { body, headers } = await kenji.get<SessionRequestView>(`/session-requests/${asked.id}`);
      expect(headers.get('etag')).toBe('"1"');
      expect(body).toEqual({ ...accepted, allowedActions: ['adjust', 'cancel-session'] });
      const history = await kenji.get<Page<{ type: string; revision: number; at: string; data: object }>>(
        `/session-requests/${asked.id}/history`,
      );
      expect(history.body.items.map(({ type, revision }) => [type, revision])).toEqual([
        ['SessionRequested', 0],
        ['SessionAccepted', 1],
      ]);
      expect(history.body.items[0]?.data).toMatchObject({
        requestId: asked.id,
        note: 'about the marathon',
        round: 1,
      });
    });

    it('a deadline that passed while the system was down is carried out', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(4 * DAY));
      await system.restart();
      await system.advanceTo(String(asked.proposal?.respondBy));
      const { body } = await kenji.get<SessionRequestView>(`/session-requests/${asked.id}`);
      expect(body).toMatchObject({ status: 'cancelled', outcome: { by: 'system', cause: 'no-response' } });
    });

    it('a repeated POST gets its first answer, to the letter, whatever happened since', async () => {
      const slot = await system.slotIn(4 * DAY);
      const ask = (key: string, note = 'once') =>
        kenji.post<Reply>(
          '/session-requests',
          { with: annaId, ...slot, note },
          { headers: { 'idempotency-key': key } },
        );
      const first = await ask('key-1');
      expect(first.status).toBe(201);
      await anna.act('reject', first.body as SessionRequestView, { reason: 'on holiday' });
      const again = await ask('key-1');
      await system.restart();
      const afterRestart = await ask('key-1');
      for (const repeat of [again, afterRestart]) {
        expect([repeat.status, repeat.body]).toEqual([201, first.body]);
        for (const name of ['location', 'etag'])
          expect(repeat.headers.get(name)).toBe(first.headers.get(name));
      }
      const other = await ask('key-1', 'twice');
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
      const mine = await kenji.get<Page<SessionRequestView>>('/session-requests?limit=200');
      expect(mine.body.items.filter(({ id }) => id === first.body.id)).toHaveLength(1);
    });

    it('a repeated answer is not a conflict with itself', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(4 * DAY));
      const accept = () =>
        anna.post<SessionRequestView>(`/session-requests/${asked.id}/accept`, undefined, {
          revision: 0,
          headers: { 'idempotency-key': 'accept-1' },
        });
      const [first, second] = await Promise.all([accept(), accept()]);
      await system.restart();
      const third = await accept();
      expect([first.status, second.status, third.status]).toEqual([200, 200, 200]);
      expect([second.body, third.body]).toEqual([first.body, first.body]);
    });

    it('notifications that were read stay read', async () => {
      await kenji.request(annaId, await system.slotIn(4 * DAY));
      const read = await anna.post<{ unread: number }>('/notifications/read', {});
      expect([read.status, read.body.unread]).toEqual([200, 0]);
      await system.restart();
      const { body } = await anna.get<{ unread: number; items: { read: boolean }[] }>('/notifications');
      expect(body.unread).toBe(0);
      expect(body.items.every(({ read: isRead }) => isRead)).toBe(true);
    });
  });
});
