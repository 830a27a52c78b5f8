import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { showTheme } from './settings/preferences.ts';

showTheme();
// A page that the browser kept for its Back button shows what was, perhaps to somebody else.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
const place = document.getElementById('app');
if (!place) throw new Error('index.html has no #app');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
