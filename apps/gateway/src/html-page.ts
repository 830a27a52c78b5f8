/** For text and for values of attributes in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Of the pages of {@link page}: no script, nothing from elsewhere, in nobody's frame. */
export const htmlHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%230f766e'/%3E%3Cpath d='M9 17l5 5 9-11' fill='none' stroke='white' stroke-width='3.4' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";

const style = `
:root { color-scheme: light dark; --ink: #16211f; --soft: #52625f; --line: #7d8b88; --hair: #d5dedb; --paper: #ffffff; --ground: #eef3f1;
  --accent: #0f766e; --on-accent: #ffffff; --hover: #e3efec; --alarm: #a4161a; --alarm-ground: #fdeceb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9f0ee; --soft: #a5b5b1; --line: #71827e; --hair: #33413e; --paper: #18211f; --ground: #0e1513;
  --accent: #5eead4; --on-accent: #06231f; --hover: #22302d; --alarm: #ffb4ab; --alarm-ground: #3b1715; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 32px 16px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; display: grid; place-items: start center; }
@media (min-height: 760px) { body { place-items: center; } }
main { width: 100%; max-width: 416px; padding: 32px 28px; background: var(--paper); border: 1px solid var(--hair); border-radius: 16px; }
main.wide { max-width: 760px; }
@media (max-width: 480px) { body { padding: 12px; } main { padding: 24px 18px; } }
.mark { display: block; width: 40px; height: 40px; margin-bottom: 16px; }
h1 { margin: 0 0 4px; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.01em; }
h2 { margin: 0 0 8px; font-size: 0.95rem; color: var(--soft); font-weight: 600; }
p { margin: 0 0 20px; color: var(--soft); }
a { color: var(--accent); }
form { margin: 0; }
label { display: block; margin: 0 0 4px; font-weight: 600; font-size: 0.95rem; }
input { display: block; width: 100%; min-height: 46px; margin: 0 0 16px; padding: 10px 12px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 10px; }
button { width: 100%; min-height: 46px; padding: 10px 16px; font: inherit; font-weight: 600; border-radius: 10px; border: 1px solid transparent; cursor: pointer; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
.plain { background: transparent; color: inherit; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alarm { margin: 0 0 20px; padding: 12px 14px; border-radius: 10px; background: var(--alarm-ground); color: var(--alarm); font-weight: 600; }
.demo { margin-top: 28px; padding-top: 20px; border-top: 1px solid var(--hair); }
.demo ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.account { display: grid; grid-template-columns: 40px 1fr; gap: 12px; align-items: center; text-align: left; padding: 8px 12px;
  background: transparent; color: inherit; border-color: var(--hair); font-weight: 400; }
.account:hover { background: var(--hover); border-color: var(--line); }
.initials { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; background: var(--hover); color: var(--accent); font-weight: 700; font-size: 0.9rem; }
.account strong { display: block; line-height: 1.3; }
.account small { color: var(--soft); font-size: 0.85rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.95rem; }
th, td { padding: 8px 8px 8px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--hair); }
tr:target { background: var(--hover); }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.9em; color: var(--ink); }
.stack { display: grid; gap: 10px; }
.stack a { display: grid; place-items: center; min-height: 46px; padding: 10px 16px; font-weight: 600; text-decoration: none;
  border: 1px solid transparent; border-radius: 10px; }
.stack a.plain { border-color: var(--line); }
`;

/** A whole page around this content. `wide`: for tables. */
export const page = (
  title: string,
  content: string,
  { wide = false }: { wide?: boolean } = {},
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<main${wide ? ' class="wide"' : ''}>
<img class="mark" src="${icon}" alt="">
${content}
</main>
</body>
</html>
`;
