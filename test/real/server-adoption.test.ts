import { SignJWT } from 'jose';
import type { Server, Socket } from 'socket.io';
import { type Socket as Client, io as dial } from 'socket.io-client';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type Dialect, holdfast, plain } from '../../src/index.ts';
import {
  authenticate,
  drain,
  exactlyOnce,
  jwt,
  memoryDedupe,
  memoryHistory,
  type Rooms,
  rooms,
} from '../../src/server/index.ts';
import { live, until } from '../support/live.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

const secret = 'a secret of at least 32 characters';
const tokenOf = (user: string) =>
  new SignJWT({ sub: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));

interface Said {
  'message:new': (text: string) => void;
  [event: string]: (payload: string) => void;
}

/** The server of docs/server.md, as far as the steps there have come. */
function serve(io: Server, step: number, effects: string[]): void {
  const members = new Map([['team', new Set(['alice', 'bob'])]]);
  if (step < 3) {
    io.use((socket, next) => {
      // As hand-written ones do: what is in the token is believed.
      const [, claims = ''] = String(socket.handshake.auth['token']).split('.');
      socket.data.user = JSON.parse(Buffer.from(claims, 'base64url').toString()).sub;
      next();
    });
  } else authenticate(io, { verify: jwt({ secret, algorithms: ['HS256'] }) });

  let desk: Rooms<Said> | undefined;
  if (step >= 5) {
    desk = rooms(io, {
      mayJoin: ({ user, room }) => members.get(room)?.has(user) === true,
      ...(step >= 6 && { history: memoryHistory() }),
    }) as unknown as Rooms<Said>;
  }
  const say = (room: string, text: string) =>
    step >= 6 ? desk?.broadcast(room, 'message:new', text) : io.to(room).emit('message:new', text);
  const take = async (user: string, { room, text }: { room: string; text: string }) => {
    effects.push(`${user}: ${text}`);
    await say(room, text);
    return { stored: true };
  };
  if (step >= 4) {
    exactlyOnce(io, { store: memoryDedupe() }).onMessage('message:send', (message, { user }) =>
      take(user, message as never),
    );
  }
  io.on('connection', (socket: Socket) => {
    const { user } = socket.data;
    if (step < 5)
      socket.on('room:join', (room, answer) => {
        if (members.get(room)?.has(user)) socket.join(room);
        answer({});
      });
    if (step < 4) socket.on('message:send', async (message, answer) => answer(await take(user, message)));
  });
}

/** A client without any library of ours. */
async function bare(url: string, user: string): Promise<{ socket: Client; heard: string[] }> {
  const socket = dial(url, {
    auth: { token: await tokenOf(user) },
    transports: ['websocket'],
    forceNew: true,
  });
  use({ close: async () => void socket.disconnect() });
  const heard: string[] = [];
  socket.on('message:new', (text: string) => heard.push(text));
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  await socket.emitWithAck('room:join', 'team');
  return { socket, heard };
}

async function ours(url: string, user: string, dialect: Dialect) {
  const proxy = use(await FaultProxy.to(Number(new URL(url).port)));
  const party = live(proxy.url, { credential: () => tokenOf(user), dialect });
  const heard: unknown[] = [];
  party.connection.on('message:new').subscribe((text) => heard.push(text));
  party.connection.join('team');
  party.connection.connect(user);
  await party.connection.ready();
  return { ...party, proxy, heard };
}

/** What was emitted before an answer on the same link has arrived when the answer has. */
const settled = (client: { socket: Client }) => client.socket.emitWithAck('room:join', 'team');

describe.each([
  ['0: as it was', 0, plain()],
  ['3: authenticate()', 3, plain()],
  ['4: exactlyOnce()', 4, plain({ idKey: 'id' })],
  ['5: rooms()', 5, plain({ idKey: 'id' })],
  ['6: a history', 6, plain({ idKey: 'id' })],
  ['7: holdfast() on the client', 7, holdfast()],
])('after step %s', (_, step, dialect) => {
  test('[SV-1] [SV-2] [SV-4] [SV-8] clients with and without holdfast talk as before, over a link that breaks', async () => {
    const server = use(await startServer());
    const effects: string[] = [];
    serve(server.io, step, effects);
    const bob = await bare(server.url, 'bob');
    const alice = await ours(server.url, 'alice', dialect);

    await alice.connection.send('message:send', { room: 'team', text: 'one' }).acknowledged;
    expect(await bob.socket.emitWithAck('message:send', { room: 'team', text: 'two' })).toEqual({
      stored: true,
    });
    // What was under way when the link broke would be lost before step 7.
    await alice.connection.request('room:join', 'team');
    alice.proxy.reset();
    await until(alice, 'reconnecting');
    const third = alice.connection.send('message:send', { room: 'team', text: 'three' });
    await third.acknowledged;
    await settled(bob);
    expect(bob.heard).toEqual(['one', 'two', 'three']);
    expect(alice.heard).toEqual(['one', 'two', 'three']);
    expect(effects).toEqual(['alice: one', 'bob: two', 'alice: three']);
  });
});

test('[SV-5] step 1: a drain loses no acknowledgement, whatever the rest of the server is', async () => {
  const server = use(await startServer());
  const effects: string[] = [];
  serve(server.io, 0, effects);
  const bob = await bare(server.url, 'bob');
  const acknowledged = bob.socket.emitWithAck('message:send', { room: 'team', text: 'last words' });
  await new Promise<void>((resolve) => {
    const [socket] = server.io.sockets.sockets.values();
    socket?.prependAny((event) => event === 'message:send' && resolve());
  });
  await drain(server.io, { over: 10 });
  expect(await acknowledged).toEqual({ stored: true });
  expect(effects).toEqual(['bob: last words']);
});

test('[SV-8] step 7: what was said while away comes with the handshake, beside a client that knows nothing of it', async () => {
  const server = use(await startServer());
  serve(server.io, 7, []);
  const bob = await bare(server.url, 'bob');
  const alice = await ours(server.url, 'alice', holdfast());
  alice.proxy.refuse();
  alice.proxy.reset();
  await until(alice, 'reconnecting');
  await bob.socket.emitWithAck('message:send', { room: 'team', text: 'while away' });
  await alice.proxy.heal();
  await alice.connection.ready();
  expect(alice.heard).toEqual(['while away']);
  await settled(bob);
  expect(bob.heard).toEqual(['while away']);
});
