import { createHash } from 'node:crypto';
import { escapeHtml, htmlHeaders, page } from '../html-page.ts';

export interface LogInPageAccount {
  readonly account: string;
  readonly name: string;
  readonly role: string;
  readonly timeZone: string;
}

/** One field for the name, one for the password, and the accounts to pick from. */
export const logInPage = (options: {
  /** Where the form goes. */
  readonly action: string;
  readonly accounts: readonly LogInPageAccount[];
  /** What was typed before, and was wrong. */
  readonly failedAccount?: string;
}): string => {
  const { action, accounts, failedAccount } = options;
  const alarm =
    failedAccount === undefined
      ? ''
      : '<p class="alarm" role="alert" id="fault">No account has this name and password.</p>';
  const invalid = failedAccount === undefined ? '' : ' aria-invalid="true" aria-describedby="fault"';
  return page(
    'Log in',
    `<h1>Log in</h1>
<p>to your session requests</p>
${alarm}
<form method="post" action="${escapeHtml(action)}">
<label for="account">Account</label>
<input id="account" name="account" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" value="${escapeHtml(failedAccount ?? '')}"${invalid}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200"${invalid}>
<button class="primary" type="submit">Log in</button>
</form>
${accounts.length === 0 ? '' : demoAccounts(action, accounts)}`,
  );
};

const demoAccounts = (
  action: string,
  accounts: readonly LogInPageAccount[],
): string => `<section class="demo" aria-labelledby="demo">
<h2 id="demo">Or pick a demo account</h2>
<form method="post" action="${escapeHtml(action)}">
<ul>
${accounts
  .map(
    ({
      account,
      name,
      role,
      timeZone,
    }) => `<li><button class="account" type="submit" name="pick" value="${escapeHtml(account)}">
<span class="initials" aria-hidden="true">${escapeHtml(initials(name))}</span>
<span><strong>${escapeHtml(name)}</strong><small>${escapeHtml(role)} · ${escapeHtml(timeZone.replaceAll('_', ' '))}</small></span>
</button></li>`,
  )
  .join('\n')}
</ul>
</form>
</section>`;

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('');
};

export const logOutPage = (form: string): string =>
  page(
    'Log out',
    `<h1>Log out?</h1>
<p>You are logged in on this browser.</p>
${form}
<div class="stack">
<button class="primary" type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Log out</button>
<button class="plain" type="submit" form="op.logoutForm">Stay logged in</button>
</div>`,
  );

/** Sends the form off. */
const sendOff = "document.getElementById('op.logoutForm').submit()";

/** Where the question is answered already: goes on by itself, and at a click where scripts are off. */
export const logOutAtOncePage = (form: string): string =>
  page(
    'Log out',
    `<h1>Logging out…</h1>
${form}
<input type="hidden" form="op.logoutForm" name="logout" value="yes">
<noscript><button class="primary" type="submit" form="op.logoutForm">Log out</button></noscript>
<script>${sendOff}</script>`,
  );

/** Of {@link logOutAtOncePage}: the one script, and no other. */
export const logOutAtOnceHeaders: Readonly<Record<string, string>> = {
  ...htmlHeaders,
  'content-security-policy': `${htmlHeaders['content-security-policy']}; script-src 'sha256-${createHash('sha256').update(sendOff).digest('base64')}'`,
};

export const loggedOutPage = (): string =>
  page('Logged out', '<h1>Logged out</h1><p>You can close this page.</p>');

/** @param account somebody to be, as an example; none where the accounts are not shown. */
export const issuerPage = (issuer: string, account: string | undefined): string =>
  page(
    'Embedded issuer',
    `<h1>Embedded issuer</h1>
<p>An OpenID provider for demonstrations: it gives out the access tokens that the API of this server takes. Its address as an issuer is <code>${escapeHtml(issuer)}</code>.</p>
<p>To log in, open the <a href="/api/docs">API docs</a> and choose <strong>Authorize</strong>.</p>
<p>For a token on the command line: <code>npm run -s token -- ${escapeHtml(account ?? '<account>')}</code></p>
<p>For programs: the <a href="/oidc/.well-known/openid-configuration">discovery document</a>.</p>`,
  );

export const oidcErrorPage = (error: string, description: string): string =>
  page(
    'Log-in failed',
    `<h1>That did not work</h1>
<p>${escapeHtml(description === '' ? 'The log-in cannot go on.' : description)}</p>
<p><code>${escapeHtml(error)}</code></p>
<p>Go back to where you came from and log in anew.</p>`,
  );
