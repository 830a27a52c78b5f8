import { describe, expect, it } from '@jest/globals';
import { parseAccounts } from './accounts.ts';
import { anna, chloe, startGateway } from './testing/gateway-under-test.ts';

describe('the picture of an account', () => {
  const withPicture = (picture: unknown) =>
    parseAccounts([{ ...anna, ...(picture !== undefined && { picture }) }])[0]?.picture;

  it.each([undefined, 'https://cdn.example.org/anna.webp?size=96', '/pictures/anna.webp'])(
    'may be %s',
    (picture) => {
      expect(withPicture(picture)).toBe(picture);
    },
  );

  it.each([
    'http://example.org/anna.webp',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    '//example.org/anna.webp',
    '/\\example.org/anna.webp',
    'anna.webp',
    'https://',
    '/pictures/anna berg.webp',
    `/${'a'.repeat(2_000)}`,
    '',
    7,
  ])('may not be %j', (picture) => {
    expect(() => withPicture(picture)).toThrow('[0].picture: an https URL or a path');
  });

  it('is shown to its owner and to others, and nothing is shown of who has none', async () => {
    const picture = '/pictures/anna.webp';
    const gateway = await startGateway({ participants: [{ ...anna, picture }, chloe] });
    expect((await gateway.participants.find(anna.id))?.picture).toBe(picture);
    const request = await gateway.requested(chloe, anna);
    expect(request.coach).toEqual({ id: anna.id, name: anna.name, timeZone: anna.timeZone, picture });
    expect(Object.keys(request.client)).not.toContain('picture');
    expect((await gateway.as(chloe).get('/participants?q=anna')).body.items).toEqual([
      { id: anna.id, role: 'coach', name: anna.name, timeZone: anna.timeZone, picture },
    ]);
    expect((await gateway.as(anna).get('/me')).body).toEqual({
      id: anna.id,
      role: 'coach',
      name: anna.name,
      timeZone: anna.timeZone,
      picture,
      pendingActions: 1,
      now: '2026-11-23T08:00:00.000Z',
    });
    await gateway.close();
  });
});
