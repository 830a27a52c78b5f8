import type { FastifyInstance, LightMyRequestResponse } from 'fastify';

interface Kept {
  readonly value: string;
  readonly path: string;
  readonly attributes: readonly string[];
}

/** The part of a browser that matters to a log-in: it keeps cookies of one origin, and follows redirects within it. */
export class TestBrowser {
  readonly #fastify: FastifyInstance;
  readonly #origin: string;
  readonly cookies = new Map<string, Kept>();

  constructor(fastify: FastifyInstance, origin = 'http://localhost:3000') {
    this.#fastify = fastify;
    this.#origin = origin;
  }

  /** @param path or URL of the origin. */
  async send(
    method: 'GET' | 'POST',
    path: string,
    { headers = {}, form }: { headers?: Record<string, string>; form?: Record<string, string> } = {},
  ): Promise<LightMyRequestResponse> {
    const { pathname, search } = new URL(path, this.#origin);
    const cookie = [...this.cookies]
      .filter(([, kept]) => pathname.startsWith(kept.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await this.#fastify.inject({
      method,
      url: `${pathname}${search}`,
      headers: {
        host: new URL(this.#origin).host,
        ...(cookie !== '' && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form && { payload: new URLSearchParams(form).toString() }),
    });
    for (const line of [response.headers['set-cookie'] ?? []].flat()) this.#keep(line);
    return response;
  }

  /** Follows redirects for as long as they stay at this origin and outside `stopAt`. */
  async follow(
    path: string,
    form?: Record<string, string>,
    stopAt = /^$/,
  ): Promise<{ url: string; response: LightMyRequestResponse }> {
    let url = new URL(path, this.#origin);
    let response = await this.send(form ? 'POST' : 'GET', url.href, form ? { form } : {});
    for (let hops = 0; hops < 12; hops += 1) {
      const { location } = response.headers;
      if (location === undefined) return { url: url.href, response };
      url = new URL(location, url);
      if (url.origin !== this.#origin || stopAt.test(url.pathname)) return { url: url.href, response };
      response = await this.send('GET', url.href);
    }
    throw new Error('redirected without end');
  }

  /** Logs in at the embedded issuer by a click on a demo account; where it ends. */
  async logIn(account: string, returnTo?: string): Promise<string> {
    const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
    const page = await this.follow(`/auth/login${query}`);
    const end = await this.follow(page.url, { pick: account }, /^(?!\/(auth|oidc)\/)/);
    return end.url;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
    const isGone = value === '' || attributes.some((each) => /^max-age=0$/i.test(each));
    if (isGone) this.cookies.delete(name);
    else this.cookies.set(name, { value, path, attributes });
  }
}
