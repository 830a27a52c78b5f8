import { useMe } from '../api/queries.ts';
import { usePreferences } from '../settings/preferences.ts';
import { isZone } from './format.ts';

export const deviceZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time zone that this person sees times in, as chosen in the settings; UTC where the browser does not know it. */
export const useZone = (): string => {
  const { timeZone } = usePreferences();
  const profile = useMe().data?.timeZone;
  const chosen = timeZone === 'device' ? deviceZone() : timeZone === 'profile' ? profile : timeZone;
  return chosen !== undefined && isZone(chosen) ? chosen : 'UTC';
};
