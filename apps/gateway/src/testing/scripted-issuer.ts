import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { importJWK, SignJWT } from 'jose';
import { audience, chloe, signingKeys } from './gateway-under-test.ts';

/** A request to the token or revocation endpoint, as it came in. */
export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** What is answered; `nothing`: the connection stays open without a word. */
export type Answer = { readonly status: number; readonly body: unknown } | 'nothing';

/** A signer of tokens; default: with the key that the issuer publishes. */
type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

const tokenSeconds = 600;

/** An OpenID provider over HTTP that does what a test tells it: by default it is right in every respect. */
export class ScriptedIssuer {
  /** What browsers and tokens know it by. Default: where it listens. */
  issuer = '';
  /** Milliseconds since 1970 that tokens are made by. */
  now: () => number = Date.now;
  /** Changes to the discovery document; undefined takes a field away. */
  readonly metadata: Record<string, unknown> = {};
  discoveryStatus = 200;
  keysStatus = 200;
  /** Changes to the claims of ID tokens. */
  claims: Readonly<Record<string, unknown>> = {};
  /** Changes to what the token endpoint answers; undefined takes a field away. */
  answer: Readonly<Record<string, unknown>> = {};
  /** Answers instead of the token endpoint. */
  instead: ((asked: Asked) => Answer | undefined) | undefined;
  signIdToken: Sign = signed;
  /** Paths that were asked for, in order, without those of the token and revocation endpoints. */
  readonly fetched: string[] = [];
  readonly asked: Asked[] = [];
  /** Refresh tokens that have been given out. */
  readonly refreshTokens: string[] = [];
  #server: Server | undefined;
  #port = 0;
  readonly #codes = new Map<string, URLSearchParams>();

  /** Where servers reach it; without the last slash. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/realm`;
  }

  /** Takes a port that is free, and the same one again after it was {@link stop}ped. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.issuer ||= this.address;
  }

  /** From here on connections are refused. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Somebody logs in there. @returns where the browser is sent back to. */
  loggedIn(authorizationUrl: string): string {
    const { searchParams } = new URL(authorizationUrl);
    const code = `code-${this.#codes.size + 1}`;
    this.#codes.set(code, searchParams);
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString();
    return back.href;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.address).pathname.replace(/^\/realm/, '');
    const answer = await this.#answer(path, request);
    if (answer === 'nothing') return;
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json' });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  }

  async #answer(path: string, request: IncomingMessage): Promise<Answer> {
    if (path === '/token' || path === '/revoke') {
      const form = Object.fromEntries(new URLSearchParams(await text(request)));
      const asked = { path, authorization: request.headers.authorization, form };
      this.asked.push(asked);
      return this.instead?.(asked) ?? (path === '/token' ? this.#tokens(asked) : { status: 200, body: {} });
    }
    this.fetched.push(path);
    if (path === '/.well-known/openid-configuration') {
      const { address } = this;
      const body = {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/auth`,
        token_endpoint: `${address}/token`,
        jwks_uri: `${address}/keys`,
        revocation_endpoint: `${address}/revoke`,
        end_session_endpoint: `${this.issuer}/end`,
        ...this.metadata,
      };
      return { status: this.discoveryStatus, body };
    }
    if (path === '/keys') {
      const keys = (await signingKeys()).keys.map(({ kty, n, e, kid, alg }) => ({ kty, n, e, kid, alg }));
      return { status: this.keysStatus, body: { keys } };
    }
    return { status: 404, body: {} };
  }

  async #tokens({ form }: Asked): Promise<Answer> {
    const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'not good any more' } };
    let nonce: string | undefined;
    if (form['grant_type'] === 'refresh_token') {
      // Good once.
      if (form['refresh_token'] !== this.refreshTokens.at(-1)) return refused;
    } else {
      const begun = this.#codes.get(form['code'] ?? '');
      const challenge = createHash('sha256')
        .update(form['code_verifier'] ?? '')
        .digest('base64url');
      if (challenge !== begun?.get('code_challenge') || form['redirect_uri'] !== begun.get('redirect_uri'))
        return refused;
      nonce = begun.get('nonce') ?? undefined;
    }
    this.refreshTokens.push(`refresh-${this.refreshTokens.length + 1}`);
    const seconds = Math.floor(this.now() / 1_000);
    const claims = { iss: this.issuer, sub: chloe.id, iat: seconds, exp: seconds + tokenSeconds };
    const body = {
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      access_token: await signed({ ...claims, aud: audience, jti: String(this.asked.length) }),
      refresh_token: this.refreshTokens.at(-1),
      // A renewal says nothing new of anybody, and need not say it again.
      ...(nonce !== undefined && {
        id_token: await this.signIdToken({ ...claims, aud: 'gateway', nonce, ...this.claims }),
      }),
      ...this.answer,
    };
    return { status: 200, body };
  }
}

const signed: Sign = async (claims) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'test' })
    .sign(await importJWK((await signingKeys()).keys[0] ?? {}, 'RS256'));
