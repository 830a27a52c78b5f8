import createClient from 'openapi-fetch';
import { ApiProblem, NetworkFailure } from './problem.ts';
import type { components, paths } from './schema.ts';

type Schemas = components['schemas'];
export type SessionRequest = Schemas['SessionRequestView'];
export type Me = Schemas['MeView'];
export type Party = Schemas['PartyView'];
export type Participant = Schemas['ParticipantView'];
export type Notification = Schemas['NotificationView'];
export type HistoryItem = Schemas['HistoryItem'];
export type SlotPreview = Schemas['SlotPreviewView'];
export type LiveChange = Schemas['LiveChange'];
export type LiveReady = Schemas['LiveReady'];
export type Action = SessionRequest['allowedActions'][number];

/** Shows the gateway that a page of its own asks, which no form and no link of another site can. */
export const ownPage = { 'x-requested-with': 'session-requests-web' };

const randomHex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** The API, typed by its OpenAPI document. The cookie says who asks. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  headers: ownPage,
  fetch: (request) => {
    // Where a trace begins, if the server keeps one: with what somebody wants done (W3C Trace Context).
    if (request.method !== 'GET')
      request.headers.set('traceparent', `00-${randomHex(16)}-${randomHex(8)}-01`);
    return fetch(request).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      throw new NetworkFailure({ cause: error });
    });
  },
});

/**
 * What the API answered.
 * @throws ApiProblem, NetworkFailure
 */
export const answerOf = async <Data>(
  asked: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> => {
  const { data, error, response } = await asked;
  if (data === undefined) throw new ApiProblem(response.status, error);
  return data;
};

/** A new one for each thing that somebody wants done, and the same for each attempt at it. */
export const newIdempotencyKey = (): string => crypto.randomUUID();
