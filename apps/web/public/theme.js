/* global document, localStorage */
// The appearance that was chosen in this browser (src/settings/preferences.ts), before anything is painted: the app comes later.
try {
  const { theme } = JSON.parse(localStorage.getItem('preferences') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked, or holds something else: the system's.
}
