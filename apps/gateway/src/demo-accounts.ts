import type { Account } from './accounts.ts';

/** Somebody to try everything out with: two coaches and four clients, far apart on the globe. */
export const demoAccounts: readonly Account[] = [
  {
    account: 'anna',
    id: 'p-2f7c1d90',
    role: 'coach',
    name: 'Anna Berg',
    email: 'anna@example.org',
    timeZone: 'Europe/Berlin',
    password: 'demo',
  },
  {
    account: 'mateo',
    id: 'p-84be03a6',
    role: 'coach',
    name: 'Mateo Ruiz',
    email: 'mateo@example.org',
    timeZone: 'America/New_York',
    password: 'demo',
  },
  {
    account: 'chloe',
    id: 'p-5d19e7b2',
    role: 'client',
    name: 'Chloé Martin',
    email: 'chloe@example.org',
    timeZone: 'Europe/Paris',
    password: 'demo',
  },
  {
    account: 'kenji',
    id: 'p-c06a48f1',
    role: 'client',
    name: 'Kenji Tanaka',
    email: 'kenji@example.org',
    timeZone: 'Asia/Tokyo',
    password: 'demo',
  },
  {
    account: 'priya',
    id: 'p-91e25cd7',
    role: 'client',
    name: 'Priya Sharma',
    email: 'priya@example.org',
    timeZone: 'Asia/Kolkata',
    password: 'demo',
  },
  {
    account: 'noah',
    id: 'p-3ab8f604',
    role: 'client',
    name: 'Noah Williams',
    email: 'noah@example.org',
    timeZone: 'America/Los_Angeles',
    password: 'demo',
  },
];
