import type { SeenByPolling, SeenByWebSocket } from './seen.ts';
import { type Opening, readOpening } from './wire/handshake.ts';
import type { Received } from './wire/raw-socket.ts';
import { ask } from './wire/request.ts';
import type { Route } from './wire/route.ts';
import { enginePath } from './wire/session.ts';
import { askWebSocket } from './wire/upgrade.ts';

type Headers = Readonly<Record<string, string>>;

/** The first request of a client that begins with polling. A session that came of it is closed again. */
export async function greetByPolling(
  route: Route,
  path: string,
  headers: Headers = {},
): Promise<SeenByPolling> {
  const outcome = await ask(route, { path: enginePath(path, 'polling'), headers });
  const opening = outcome.kind === 'answer' ? readOpening(outcome.body) : other;
  if (opening.kind === 'open') leave(route, path, opening);
  return { outcome, opening };
}

/** The first request of a client that begins with WebSocket. What came of it is closed again. */
export async function greetByWebSocket(
  route: Route,
  path: string,
  headers: Headers = {},
): Promise<SeenByWebSocket> {
  const outcome = await askWebSocket(route, enginePath(path, 'websocket'), headers);
  if (outcome.kind !== 'open')
    return { outcome, opening: outcome.kind === 'answer' ? readOpening(outcome.body) : other };
  const first = await outcome.socket.receive(route.timeout);
  outcome.socket.close();
  return { outcome: { kind: 'open', first }, opening: readFirst(first) };
}

const other: Opening = { kind: 'other' };

function readFirst(first: Received): Opening {
  return first.kind === 'text' ? readOpening(first.text) : other;
}

/** Nobody waits for it: the server forgets a session that nobody closes, too, after a while. */
function leave(route: Route, path: string, { version, handshake }: Opening & { kind: 'open' }): void {
  const body = version === 4 ? '1' : '1:1';
  void ask(route, { path: enginePath(path, 'polling', handshake.sid, version), method: 'POST', body });
}
