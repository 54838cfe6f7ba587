/** The server of the examples: an ordinary Socket.IO server with tokens. Nothing of holdfast is in it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jwtVerify, SignJWT } from 'jose';
import type { DefaultEventsMap, Server } from 'socket.io';
import type { ClientToServer, ServerToClient } from './events.ts';

export type ChatServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, { user: string }>;

/** Good for as long as this process lives. */
const key = randomBytes(32);
const room = 'lobby';
const longestText = 200;
/** Ids that are remembered, far more than a client can have on their way. */
const remembered = 1_000;

/** `POST /token?user=alice`: a token that is good for half a minute, or 403 for a name that cannot be anybody's. */
export async function issueToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://server');
  const user = searchParams.get('user') ?? '';
  if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
  if (!/^[\w-]{1,20}$/.test(user)) return void response.writeHead(403).end();
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('30s')
    .sign(key);
  response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(token);
}

export function serveChat(io: ChatServer): void {
  const answers = new Map<string, { id: number }>();
  let posts = 0;

  function post(from: string, text: string): { id: number } {
    posts += 1;
    io.to(room).emit('message:new', { id: posts, from, text });
    return { id: posts };
  }

  // A refusal says why in `data.code`: with `unauthorized` the client knows that a fresh token may help.
  io.use((socket, next) => {
    jwtVerify(String(socket.handshake.auth['token']), key).then(
      ({ payload }) => {
        socket.data.user = String(payload.sub);
        next();
      },
      () => next(Object.assign(new Error('the token is not valid'), { data: { code: 'unauthorized' } })),
    );
  });

  io.on('connection', (socket) => {
    const { user } = socket.data;
    socket.on('room:join', async (name, answer) => {
      // Not just any: each socket has a room of its own, where others have no business.
      if (name !== room) return answer({ error: 'there is no such room' });
      await socket.join(room);
      answer({ ok: true });
    });
    socket.on('message:send', ({ text, id = randomUUID() }, answer) => {
      if (text.length > longestText) return answer({ error: `longer than ${longestText} characters` });
      // Sent again because the first answer was lost: answered again, not posted again.
      const known = `${user} ${id}`;
      const sent = answers.get(known) ?? post(user, text);
      answers.set(known, sent);
      const [oldest = ''] = answers.keys();
      if (answers.size > remembered) answers.delete(oldest);
      answer(sent);
    });
  });
}
