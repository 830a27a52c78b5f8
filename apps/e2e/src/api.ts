import type { Action, Role, SessionRequestStatus, Slot } from '@hse/session-requests';

/** A session request as the HTTP API shows it; written out here once more, so that a change of the API is noticed. */
export interface SessionRequestView {
  id: string;
  status: SessionRequestStatus;
  revision: number;
  coach: { id: string; name: string; timeZone: string };
  client: { id: string; name: string; timeZone: string };
  requestedBy: Role;
  agreed: Slot | null;
  proposal:
    | (Slot & {
        note?: string;
        proposedBy: Role;
        awaiting: Role;
        respondBy: string;
        round: number;
        policyId: string;
      })
    | null;
  outcome: { by: Role | 'system'; cause?: string; reason?: string; at: string } | null;
  allowedActions: Action[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  errors?: { path: string; message: string }[];
  current?: SessionRequestView;
}

/** What a command is answered with, whichever way it went. */
export type Reply = Omit<SessionRequestView, 'status'> &
  Omit<Problem, 'status'> & { status: string | number };

export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

export interface Answer<B> {
  status: number;
  headers: Headers;
  body: B;
}

export interface Options {
  /** Sent as If-Match, in quotes. */
  revision?: number | undefined;
  headers?: Record<string, string>;
}

/** The HTTP API in the hands of one participant. */
export interface Api {
  get<B>(path: string, headers?: Record<string, string>): Promise<Answer<B>>;
  post<B = SessionRequestView>(path: string, body?: unknown, options?: Options): Promise<Answer<B>>;
  /** Asks for a session and expects to get the request made. */
  request(withId: string, slot: Slot, note?: string): Promise<SessionRequestView>;
  /** Does something to a session request as it was seen, and expects success. */
  act(
    action: 'accept' | 'reject' | 'adjust' | 'cancel',
    seen: SessionRequestView,
    body?: unknown,
  ): Promise<SessionRequestView>;
}

export const createApi = (url: string, token: string | undefined): Api => {
  const call = async <B>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer<B>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as B,
    };
  };

  const expectStatus = <B>(answer: Answer<B>, status: number): B => {
    if (answer.status !== status)
      throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const api: Api = {
    get: (path, headers = {}) => call('GET', path, headers),
    post: (path, body, { revision, headers = {} } = {}) =>
      call(
        'POST',
        path,
        {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(revision !== undefined && { 'if-match': `"${revision}"` }),
          ...headers,
        },
        body === undefined ? undefined : JSON.stringify(body),
      ),
    request: async (withId, slot, note) =>
      expectStatus(
        await api.post<SessionRequestView>('/session-requests', {
          with: withId,
          ...slot,
          ...(note !== undefined && { note }),
        }),
        201,
      ),
    act: async (action, seen, body) =>
      expectStatus(
        await api.post<SessionRequestView>(`/session-requests/${seen.id}/${action}`, body, {
          revision: seen.revision,
        }),
        200,
      ),
  };
  return api;
};
