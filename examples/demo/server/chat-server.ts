/** The chat: an ordinary Socket.IO server, in a process of its own so that it can be killed. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errors, jwtVerify } from 'jose';
import { Server, type Socket } from 'socket.io';
import { type ClientToServer, mayEnter, type ServerToClient } from '../shared/chat.ts';
import { createArchive } from './archive.ts';
import type { ChatFault, Order, Report } from './orders.ts';

interface SocketData {
  user: string;
  tab: string;
  /** Of the token that this connection was made with: its id, and when it runs out. */
  token: string;
  expiresAt: number;
}

interface Bye {
  'holdfast:bye': (bye: { code: string; retryAfter?: number }) => void;
}

type ChatSocket = Socket<ClientToServer, ServerToClient & Bye, Record<string, never>, SocketData>;

let key = new Uint8Array();
let archive = createArchive([]);
/** Ids of tokens that were ended before their time. */
const revoked = new Set<string>();
/** Faults that wait for their moment, as `fault tab`. */
const armed = new Set<string>();

const http = createServer();
const io = new Server<ClientToServer, ServerToClient & Bye, Record<string, never>, SocketData>(http, {
  serveClient: false,
  // Much shorter than the defaults of 25 and 20 s, so that nobody has to wait for a silent link to be noticed.
  pingInterval: 3_000,
  pingTimeout: 3_000,
});

/** A refusal says why in `data.code`: with `unauthorized` or `expired` the client knows that a fresh token may help. */
io.use((socket, next) => {
  const tab = tabOf(socket);
  admit(socket as ChatSocket, tab).then(next, (refusal) => {
    const code = refusal instanceof errors.JWTExpired ? 'expired' : 'unauthorized';
    report({ type: 'seen', tab, what: `refused the token: ${code}` });
    next(Object.assign(new Error('the token is not valid'), { data: { code } }));
  });
});

async function admit(socket: ChatSocket, tab: string): Promise<undefined> {
  if (disarm('refuse-credential', tab)) throw new errors.JWTInvalid('refused on purpose');
  const { payload } = await jwtVerify(String(socket.handshake.auth['token']), key);
  const { sub: user = '', jti: token = '', exp = 0 } = payload;
  if (revoked.has(token)) throw new errors.JWTExpired('ended before its time', payload);
  Object.assign(socket.data, { user, tab, token, expiresAt: exp * 1000 });
}

io.on('connection', (socket) => {
  const { user, tab, expiresAt } = socket.data;
  const expiry = setTimeout(() => expire(socket), expiresAt - Date.now());
  const saw = (what: string) => report({ type: 'seen', tab, what });
  saw(`let ${user} in`);
  socket.on('disconnect', (reason) => {
    clearTimeout(expiry);
    saw(`${user} left: ${reason}`);
  });
  socket.on('room:join', async (room, answer) => {
    if (!mayEnter(user, room)) return answer({ error: `${room} is not for ${user}` });
    await socket.join(room);
    answer({ ok: true });
  });
  socket.on('room:leave', async (room, answer) => {
    await socket.leave(room);
    answer({ ok: true });
  });
  socket.on('alive', (answer) => answer({ rooms: [...socket.rooms] }));
  socket.on('message:send', ({ room, text, id = randomUUID() }, answer) => {
    // What every server needs for exactly one effect a message: it knows an id again.
    const known = archive.find(user, id);
    if (known !== undefined) {
      saw('got a message that it had, and did nothing twice');
      return answer({ sequence: known.sequence });
    }
    if (disarm('refuse-message', tab)) return answer({ error: 'the server will not have this one' });
    if (!socket.rooms.has(room)) return answer({ error: `${user} is not in ${room}` });
    const message = archive.add({ id, room, from: user, text });
    report({ type: 'stored', message });
    io.to(room).emit('message:new', message);
    if (disarm('lose-answer', tab)) return saw('stored a message, and lost the answer');
    saw('stored a message');
    answer({ sequence: message.sequence });
  });
});

const commit: Readonly<Record<ChatFault, (tab: string) => void>> = {
  drain() {
    for (const socket of io.sockets.sockets.values()) say(socket, { code: 'draining', retryAfter: 3_000 });
  },
  expire: (tab) => each(tab, expire),
  supersede: (tab) => each(tab, (socket) => say(socket, { code: 'superseded' })),
  forbid: (tab) => each(tab, (socket) => say(socket, { code: 'forbidden' })),
  'refuse-credential'(tab) {
    arm('refuse-credential', tab);
    // Tokens are looked at when somebody connects: the link is cut, so that this comes soon.
    each(tab, (socket) => socket.conn.close());
  },
  'lose-answer': (tab) => arm('lose-answer', tab),
  'refuse-message': (tab) => arm('refuse-message', tab),
};

process.on('message', (order: Order) => {
  if (order.type === 'fault') {
    commit[order.fault](order.tab);
    report({ type: 'done' });
    return;
  }
  key = Uint8Array.from(Buffer.from(order.key, 'base64'));
  archive = createArchive(order.history);
  http.listen(order.port, '127.0.0.1', () =>
    report({ type: 'listening', port: (http.address() as AddressInfo).port }),
  );
});
// Whatever becomes of the page's server, this one does not outlive it.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole terminal; who started this decides when it ends.
process.on('SIGINT', () => {});

report({ type: 'loaded' });

/** What a server does when the token of a connection runs out: it says so, and hangs up. */
function expire(socket: ChatSocket): void {
  revoked.add(socket.data.token);
  say(socket, { code: 'expired' });
}

function say(socket: ChatSocket, bye: Parameters<Bye['holdfast:bye']>[0]): void {
  socket.emit('holdfast:bye', bye);
  socket.disconnect(true);
}

function each(tab: string, act: (socket: ChatSocket) => void): void {
  for (const socket of io.sockets.sockets.values()) if (socket.data.tab === tab) act(socket);
}

function arm(fault: ChatFault, tab: string): void {
  armed.add(`${fault} ${tab}`);
}

function disarm(fault: ChatFault, tab: string): boolean {
  return armed.delete(`${fault} ${tab}`);
}

function tabOf({ handshake }: { handshake: Socket['handshake'] }): string {
  return String(handshake.query['tab'] ?? '');
}

function report(said: Report): void {
  // Nobody may be there any more, and this one about to end.
  if (process.connected) process.send?.(said);
}
