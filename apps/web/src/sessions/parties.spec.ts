import { describe, expect, it } from '@jest/globals';
import type { SessionRequest } from '../api/client.ts';
import { awaitsMe, otherHasLeft } from './parties.ts';

const offered = (...allowedActions: SessionRequest['allowedActions']) =>
  ({ allowedActions }) as SessionRequest;

describe('what awaits my answer', () => {
  it('is what I can reject, also where there is nobody left to agree with', () => {
    expect(awaitsMe(offered('accept', 'adjust', 'reject'))).toBe(true);
    expect(otherHasLeft(offered('accept', 'adjust', 'reject'))).toBe(false);
    expect(awaitsMe(offered('reject'))).toBe(true);
    expect(otherHasLeft(offered('reject', 'cancel-session'))).toBe(true);
  });

  it('is nothing that I proposed, or that is over', () => {
    for (const session of [offered('adjust', 'cancel-session'), offered('cancel-session'), offered()])
      expect([awaitsMe(session), otherHasLeft(session)]).toEqual([false, false]);
  });
});
