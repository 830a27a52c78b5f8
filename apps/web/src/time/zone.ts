import { useMe } from '../api/queries.ts';
import { usePreferences } from '../settings/preferences.ts';

export const deviceZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether the browser knows a time zone of this name. */
export const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** The time zone that this person sees times in, as chosen in the settings; UTC where the browser does not know it. */
export const useZone = (): string => {
  const { timeZone } = usePreferences();
  const profile = useMe().data?.timeZone;
  const chosen = timeZone === 'device' ? deviceZone() : timeZone === 'profile' ? profile : timeZone;
  return chosen !== undefined && isZone(chosen) ? chosen : 'UTC';
};
