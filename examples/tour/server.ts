/** The server of the tour: an ordinary Socket.IO server, in a process of its own so that it can be killed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import type { ClientToServer, Order, Report, ServerToClient } from './events.ts';

interface SocketData {
  user: string;
  expiresAt: number;
}

let key = new Uint8Array();
/** What every server needs for exactly one effect a message: the first answer to each id. */
const answers = new Map<string, { id: number }>();
const texts: string[] = [];
let repeats = 0;
let cutsNextAnswer = false;

const http = createServer();
const io = new Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>(http, {
  serveClient: false,
});

/** A refusal says why in `data.code`: with `unauthorized` the client knows that a fresh token may help. */
io.use((socket, next) => {
  jwtVerify(String(socket.handshake.auth['token']), key).then(
    ({ payload }) => {
      socket.data.user = String(payload.sub);
      socket.data.expiresAt = Number(payload.exp) * 1000;
      next();
    },
    () => next(Object.assign(new Error('the token is not valid'), { data: { code: 'unauthorized' } })),
  );
});

io.on('connection', (socket) => {
  const { user, expiresAt } = socket.data;
  tellUsers();
  socket.on('disconnect', tellUsers);
  socket.on('message:send', ({ text, id = '' }, answer) => {
    const first = answers.get(id);
    if (first !== undefined) {
      repeats += 1;
      return answer(first);
    }
    texts.push(text);
    const sent = { id: texts.length };
    if (id !== '') answers.set(id, sent);
    io.emit('message:new', { from: user, text });
    if (cutsNextAnswer) socket.conn.close();
    else answer(sent);
    cutsNextAnswer = false;
  });
  socket.on('room:join', async (room, answer) => {
    await socket.join(room);
    answer({ ok: true });
  });
  socket.on('log:look', (_, answer) => answer({ texts, repeats }));
  socket.on('session:look', (_, answer) =>
    answer({
      socket: socket.id,
      user,
      rooms: [...socket.rooms].filter((room) => room !== socket.id),
      expiredFor: Date.now() - expiresAt,
    }),
  );
});

process.on('message', (order: Order) => {
  switch (order.type) {
    case 'key':
      key = Uint8Array.from(Buffer.from(order.key, 'base64'));
      break;
    case 'listen':
      http.listen(order.port, '127.0.0.1', () =>
        report({ type: 'listening', port: (http.address() as AddressInfo).port }),
      );
      break;
    case 'cut':
      // What a lost network looks like: the transport is gone, and nobody said goodbye.
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
      break;
    case 'cut-next-answer':
      cutsNextAnswer = true;
      report({ type: 'ready-to-cut' });
      break;
  }
});
// Whatever becomes of the tour, its server does not outlive it.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole terminal; the tour decides when its server ends.
process.on('SIGINT', () => {});

report({ type: 'loaded' });

function tellUsers(): void {
  report({ type: 'users', users: [...io.sockets.sockets.values()].map((socket) => socket.data.user) });
}

function report(said: Report): void {
  process.send?.(said);
}
