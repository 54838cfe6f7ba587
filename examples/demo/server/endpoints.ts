import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { isRoom, isUser, mayEnter } from '../shared/chat.ts';
import { isFault } from '../shared/faults.ts';
import type { Backend } from './backend.ts';
import { isFromOurPage } from './guard.ts';
import type { SignIn } from './sign-in.ts';

/** An HTTP status, and what goes with it. */
type Reply = readonly [status: number, body?: unknown];

/** Answers one of the endpoints; what it is given is what was sent, and may be anything. */
type Endpoint = (said: Record<string, unknown>, request: IncomingMessage) => Promise<Reply> | Reply;

/** What the page asks of its server by HTTP, as a handler that leaves everything else to the next. */
export function createEndpoints(backend: Backend, signIn: SignIn) {
  const endpoints = new Map<string, Endpoint>([
    ['/token', async ({ user }) => (isUser(user) ? [200, await signIn.issue(user)] : [401])],
    ['/history', ({ after }, request) => history(after, request)],
    ['/faults/seen', ({ tab }) => [200, backend.sightings(String(tab))]],
  ]);

  async function history(after: unknown, { headers }: IncomingMessage): Promise<Reply> {
    const user = await signIn.userOf(String(headers.authorization).replace(/^Bearer /, ''));
    if (user === null) return [401];
    const cursors = new Map(Object.entries(after ?? {}).filter(([room]) => isRoom(room)));
    const missed = backend.history.filter(({ room, sequence }) => {
      const cursor = cursors.get(room);
      return cursor !== undefined && sequence > Number(cursor) && mayEnter(user, room);
    });
    return [200, missed];
  }

  function endpointFor(path: string): Endpoint | undefined {
    const [, fault] = /^\/faults\/([a-z-]+)$/.exec(path) ?? [];
    if (!isFault(fault)) return endpoints.get(path);
    return async ({ tab }) => [200, { done: await backend.commit(fault, String(tab)) }];
  }

  async function answer(endpoint: Endpoint | undefined, request: IncomingMessage): Promise<Reply> {
    if (endpoint === undefined) return [404];
    if (request.method !== 'POST') return [405];
    if (!isFromOurPage(request)) return [403];
    try {
      return await endpoint(((await json(request)) ?? {}) as Record<string, unknown>, request);
    } catch {
      return [400];
    }
  }

  return async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://here').pathname;
    const endpoint = endpointFor(path);
    if (endpoint === undefined && !path.startsWith('/faults/')) return next();
    const [status, body] = await answer(endpoint, request);
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
}
