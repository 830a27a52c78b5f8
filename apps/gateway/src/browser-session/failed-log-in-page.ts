import { escapeHtml, page } from '../html-page.ts';

/** What somebody sees whose log-in did not come to its end. */
export interface FailedLogIn {
  readonly status: 400 | 403 | 500 | 503;
  readonly title: string;
  /** What happened, and what to do now. */
  readonly message: string;
  /** Of the issuer, for whoever is asked for help. */
  readonly code?: string;
}

/** @param links what can be done, the most likely first. */
export const failedLogInPage = (
  { title, message, code }: FailedLogIn,
  links: readonly { readonly to: string; readonly text: string }[],
): string =>
  page(
    title,
    `<h1>${escapeHtml(title)}</h1>
<p role="alert">${escapeHtml(message)}</p>
${code === undefined ? '' : `<p><code>${escapeHtml(code)}</code></p>`}
<p class="stack">${links
      .map(
        ({ to, text }, index) =>
          `<a class="${index === 0 ? 'primary' : 'plain'}" href="${escapeHtml(to)}">${escapeHtml(text)}</a>`,
      )
      .join('\n')}</p>`,
  );
