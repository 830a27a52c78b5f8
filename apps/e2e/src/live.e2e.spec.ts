import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api, Page, SessionRequestView } from './api.ts';
import { openLive, type Live } from './live.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let anna: Api;
  let kenji: Api;
  let annaId: string;
  const open: Live[] = [];

  const live = async (account: string, lastEventId?: string): Promise<Live> => {
    const opened = await openLive(system.url, await system.token(account), lastEventId);
    open.push(opened);
    return opened;
  };

  beforeAll(async () => {
    system = await startSystem();
    anna = await system.as('anna');
    kenji = await system.as('kenji');
    annaId = system.participant('anna').id;
  });
  afterAll(async () => {
    open.forEach((each) => each.close());
    await system.stop();
  });

  describe('live updates', () => {
    it('tell both parties what changed, after it can be queried, and nobody else', async () => {
      const [hers, his, strangers] = [await live('anna'), await live('kenji'), await live('priya')];
      const asked = await kenji.request(annaId, await system.slotIn(5 * DAY));
      const seen = await hers.next((change) => change.data.id === asked.id);
      expect(seen.data).toMatchObject({ id: asked.id, revision: 0, status: 'pending', pendingActions: 1 });
      const queried = await anna.get<Page<SessionRequestView>>('/pending-actions');
      expect(queried.body.items.map(({ id }) => id)).toContain(asked.id);
      expect((await his.next((change) => change.data.id === asked.id)).data).toMatchObject({
        revision: 0,
        pendingActions: 0,
      });

      await anna.act('accept', asked);
      expect((await his.next((change) => change.data.revision === 1)).data).toMatchObject({
        id: asked.id,
        status: 'accepted',
      });
      expect((await hers.next((change) => change.data.revision === 1)).data).toMatchObject({
        pendingActions: 0,
      });
      expect(strangers.received().filter(({ data }) => data.id === asked.id)).toEqual([]);
    });

    it('tell of an automatic cancellation', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(5 * DAY));
      const his = await live('kenji');
      await system.advanceTo(String(asked.proposal?.respondBy));
      // That he asked may still be on its way to those who listen.
      const told = await his.next(({ data }) => data.id === asked.id && data.revision === 1);
      expect(told.data).toMatchObject({ status: 'cancelled' });
    });

    it('go on where they broke off, also after a restart, without a gap', async () => {
      const first = await live('kenji');
      const before = await kenji.request(annaId, await system.slotIn(6 * DAY));
      const { id } = await first.next((change) => change.data.id === before.id);
      first.close();
      const missed = await kenji.request(annaId, await system.slotIn(7 * DAY));
      await anna.act('accept', before);
      await system.restart();
      const second = await live('kenji', id);
      await second.next((change) => change.data.id === missed.id && change.data.revision === 0);
      await second.next((change) => change.data.id === before.id && change.data.revision === 1);
      const after = await kenji.request(annaId, await system.slotIn(8 * DAY));
      await second.next((change) => change.data.id === after.id);
      expect(second.received().map(({ data }) => data.id)).toEqual([missed.id, before.id, after.id]);
    }, 90_000);
  });
});
