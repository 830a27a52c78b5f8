import '../../styles/tokens.css';
import '../../styles/base.css';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { CalendarGrid } from '../calendar-grid.tsx';
import { periodTitle, stepPeriod } from '../calendar-period.ts';
import { sampleSessions } from './sample-sessions.ts';

/*
 * The calendar with made-up sessions, to be looked at and to be tested in a browser. It is no part of the app. Parameters:
 * view, date, zone, now, theme, and sessions=none or sessions=late (they arrive when the button is pressed).
 */
const parameters = new URLSearchParams(location.search);
const zone = parameters.get('zone') ?? 'Europe/Berlin';
const told: string[] = [];
const tell = (what: string, ...about: unknown[]): void => {
  told.push(`${what} ${about.map((one) => JSON.stringify(one)).join(' ')}`);
};
Object.assign(window, { told });

const theme = parameters.get('theme');
if (theme) document.documentElement.dataset['theme'] = theme;

const Workbench = () => {
  const view = parameters.get('view') === 'month' ? 'month' : 'week';
  const [date, setDate] = useState(parameters.get('date') ?? '2026-11-25');
  const [now, setNow] = useState(Date.parse(parameters.get('now') ?? '2026-11-25T10:20:00Z'));
  const [arrived, setArrived] = useState(!parameters.has('sessions'));
  return (
    <main>
      <h1>{periodTitle(view, date, zone, 'en-GB')}</h1>
      <button
        type="button"
        onClick={() => {
          setDate(stepPeriod(view, date, -1));
        }}
      >
        Previous
      </button>
      <button
        type="button"
        onClick={() => {
          setDate(stepPeriod(view, date, 1));
        }}
      >
        Next
      </button>
      <button
        type="button"
        onClick={() => {
          setNow((before) => before + 86_400_000);
        }}
      >
        A day later
      </button>
      <button
        type="button"
        onClick={() => {
          setArrived(true);
        }}
      >
        Arrive
      </button>
      <CalendarGrid
        view={view}
        date={date}
        timeZone={zone}
        now={now}
        sessions={arrived ? sampleSessions(zone) : []}
        onOpen={(id) => {
          tell('open', id);
        }}
        onDateChange={(next) => {
          tell('date', next);
          setDate(next);
        }}
        onShowDay={(day) => {
          tell('day', day);
        }}
        onSelectSlot={(slot) => {
          tell('select', slot);
        }}
        onMove={(id, slot) => {
          tell('move', id, slot);
        }}
      />
    </main>
  );
};

const place = document.getElementById('app');
if (!place) throw new Error('The page has no #app');
createRoot(place).render(
  <StrictMode>
    <Workbench />
  </StrictMode>,
);
