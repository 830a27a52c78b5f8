import { describe, expect, it } from '@jest/globals';

const seen: Request[] = [];
Object.assign(globalThis, {
  location: { origin: 'http://localhost:3000' },
  fetch: (request: Request) => {
    seen.push(request);
    return Promise.resolve(Response.json({}));
  },
});
const { api } = await import('./client.ts');

describe('a request of the web app', () => {
  it('begins a trace of its own where it changes something, and none where it only looks', async () => {
    const params = { path: { id: 'r-1' }, header: { 'If-Match': '"0"' } };
    await api.POST('/api/v1/session-requests/{id}/accept', { params });
    await api.POST('/api/v1/session-requests/{id}/accept', { params });
    await api.GET('/api/v1/me');
    const [first, second, look] = seen.map(({ headers }) => headers.get('traceparent'));
    for (const traceparent of [first, second])
      expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(first).not.toBe(second);
    expect(look).toBeNull();
  });
});
