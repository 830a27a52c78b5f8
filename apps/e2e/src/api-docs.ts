import type { BrowserContext, Page, Response } from 'playwright-core';

/** The page at `/api/docs` as somebody uses it who logs in there. */
export interface ApiDocs {
  readonly page: Page;
  /** The forms to log in with that the page offers, by their headings. */
  offers(): Promise<string[]>;
  clientId(): Promise<string>;
  /** Goes to the issuer. @returns the window in which its page appears. */
  goToIssuer(): Promise<Page>;
  /** Resolves when the page has got its token, after the log-in. */
  loggedIn(): Promise<void>;
  /** Has the page call `GET` of this path. */
  call(path: string): Promise<{ response: Response; shown: string }>;
}

export const openApiDocs = async (context: BrowserContext, url: string): Promise<ApiDocs> => {
  const page = await context.newPage();
  const described = page.waitForResponse((response) =>
    response.url().endsWith('/.well-known/openid-configuration'),
  );
  await page.goto(`${url}/api/docs`);
  await (await described).finished();
  const close = page.locator('.close-modal');
  const form = page.locator('.auth-container', { has: page.locator('h4', { hasText: /^logIn/ }) });
  // The dialog shows what was known when it opened, and what the issuer offers is known a moment after its answer.
  for (;;) {
    await page.locator('.auth-wrapper .authorize').click();
    await close.waitFor();
    if (await form.isVisible()) break;
    await close.click();
  }
  return {
    page,
    offers: () => page.locator('.auth-container h4').allInnerTexts(),
    clientId: () => form.getByLabel('client_id:').inputValue(),
    goToIssuer: async () => {
      const opened = context.waitForEvent('page');
      await form.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
      return opened;
    },
    loggedIn: async () => {
      await form.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await close.click();
    },
    call: async (path) => {
      const operation = page.locator('.opblock-get', { has: page.locator(`[data-path="${path}"]`) });
      await operation.locator('.opblock-summary').click();
      const answered = page.waitForResponse(`${url}${path}`);
      await operation.locator('.execute').click();
      const response = await answered;
      const shown = operation.locator('.live-responses-table').first();
      await shown.scrollIntoViewIfNeeded();
      return { response, shown: await shown.innerText() };
    },
  };
};
