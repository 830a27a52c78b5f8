/** Cookies of this origin, and of nobody else. */
export interface CookieJar {
  /** The name that this one goes by. */
  name(plain: string): string;
  /** A `Set-Cookie` header. `maxAgeSeconds` 0 removes it. */
  set(plain: string, value: string, options: { maxAgeSeconds: number; sameSite: 'Strict' | 'Lax' }): string;
}

const isThisMachine = (hostname: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);

/**
 * The cookies of pages at this URL: `__Host-` and `Secure`, so that no other host, no subdomain and no plain connection can set or see
 * them. Only over http on this very machine they have neither, because not every browser keeps such cookies there.
 * @param publicUrl where browsers reach this server.
 */
export const cookieJar = (publicUrl: string): CookieJar => {
  const { protocol, hostname } = new URL(publicUrl);
  const isPlain = protocol === 'http:' && isThisMachine(hostname);
  const name = (plain: string): string => (isPlain ? plain : `__Host-${plain}`);
  return {
    name,
    set: (plain, value, { maxAgeSeconds, sameSite }) =>
      `${name(plain)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${sameSite}${isPlain ? '' : '; Secure'}`,
  };
};

/** Whether browsers keep cookies of pages at this URL, and send them to nobody who listens in. */
export const canHoldSessions = (publicUrl: string): boolean => {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' || isThisMachine(hostname);
};

/** The cookies in a request; of two of the same name the first, which is that of the more specific path. */
export const readCookies = (header: string | undefined): ReadonlyMap<string, string> => {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const name = pair.slice(0, at).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
};
