import type { BrowserContext, Cookie, Page } from 'playwright-core';

/** The cookie of the session, if there is one. */
export const sessionCookieOf = async (context: BrowserContext): Promise<Cookie | undefined> =>
  (await context.cookies()).find(({ name }) => name === 'session' || name === '__Host-session');

/** Asks the server as a page of it does: with the cookie, and the header that pages send. */
export const callFromPage = (
  page: Page,
  path: string,
  method = 'GET',
): Promise<{ status: number; body: Record<string, unknown> }> =>
  page.evaluate(
    async ([address, verb]) => {
      const response = await fetch(address, {
        method: verb,
        headers: { 'x-requested-with': 'session-requests-web' },
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    [path, method] as const,
  );

/** Logs out, and goes where that leads. */
export const logOutFromPage = async (page: Page): Promise<void> => {
  // No page of the app, which would find out by itself and leave for the log-in.
  await page.goto(new URL('/api/docs', page.url()).href);
  const { status, body } = await callFromPage(page, '/auth/logout', 'POST');
  if (status !== 200) throw new Error(`log-out: ${status} ${JSON.stringify(body)}`);
  await page.goto(String(body['location']));
};
