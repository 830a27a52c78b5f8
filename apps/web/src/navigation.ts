import { useLocation, useSearch } from 'wouter';

/**
 * What is open is in the address, so that it can be linked to, survives a log-in, and Back closes it: `session`, `adjust` and
 * `request` are dialogs, `pending` is the sidebar, `view` and `date` are what the calendar shows.
 */
export type Parameter = 'session' | 'adjust' | 'request' | 'from' | 'to' | 'pending' | 'view' | 'date';

export type Parameters = Partial<Record<Parameter, string | undefined>>;

const dialogParameters: Parameters = {
  session: undefined,
  adjust: undefined,
  request: undefined,
  from: undefined,
  to: undefined,
};

/** The value of a parameter in the address; undefined where it is not there, or empty. */
export const useParameter = (name: Parameter): string | undefined =>
  new URLSearchParams(useSearch()).get(name) || undefined;

/** Changes parameters of the address as it is then; undefined takes one away. */
export const useGo = () => {
  const [, navigate] = useLocation();
  return (changes: Parameters, { replace = false }: { replace?: boolean } = {}): void => {
    navigate(address(location.pathname, location.search, changes), { replace });
  };
};

/** Closes whatever dialog is open. */
export const useCloseDialog = () => {
  const go = useGo();
  return (): void => go(dialogParameters, { replace: true });
};

/** The address with a dialog open in place of any other. */
export const useOpenDialog = () => {
  const go = useGo();
  return (parameters: Parameters): void => go({ ...dialogParameters, ...parameters });
};

const address = (path: string, search: string, changes: Parameters): string => {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
};
