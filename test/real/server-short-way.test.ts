import { io as dial } from 'socket.io-client';
import { describe, expect, test, vi } from 'vitest';
import { memoryHistory, rooms } from '../../src/server/index.ts';
import { type RawClient, rawClient } from '../support/raw-client.ts';
import { roomsServer } from '../support/rooms-server.ts';
import { next } from '../support/servers.ts';
import { shouting } from '../support/shouting-parser.ts';
import { quiet, use } from '../support/trial.ts';

class Own {
  toJSON() {
    return { own: 'words' };
  }
}

const payloads: [string, unknown][] = [
  ['an object', { text: 'hello', n: 0.1, list: [1, null, true, { deep: {} }], gone: undefined }],
  ['a text', 'é\u0000\ud83d\ude00\u2028 half: \ud800'],
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a date, and what knows its own JSON', { at: new Date(0), own: new Own() }],
  ['what looks like bytes', { type: 'Buffer', data: [1] }],
  ['what looks like bytes, within', { a: { type: 'Buffer', data: [1] }, b: { 0: 1 }, c: {} }],
  ['bytes', { image: Buffer.from('abc'), view: new Uint8Array([1, 2]) }],
  ['a message that is short', 'x'],
  ['a message of some length', 'x'.repeat(1_000)],
  ['a message of 64 KiB', 'ä'.repeat(40_000)],
];

/** A member of `room`, over WebSocket, by hand: it has every packet as it came. */
async function member(port: number, room: string, namespace = ''): Promise<RawClient> {
  const client = use(await rawClient(port));
  client.send(`0${namespace}${JSON.stringify({ token: 'alice', holdfast: { v: 1, rooms: [room] } })}`);
  await client.next(`2${namespace}["holdfast:hello"`);
  client.packets.length = 0;
  return client;
}

describe.each(['a', 'with "quotes" and ä\u2028', '/chat,a'])('to the room %j', (room) => {
  test.each(payloads)(
    '[SV-8] what is kept goes over the wire as Socket.IO would have sent it: %s',
    async (_, payload) => {
      const server = await roomsServer({ history: memoryHistory() });
      const chat = server.io.of('/chat');
      chat.use((socket, proceed) => {
        socket.data.user = 'bob';
        proceed();
      });
      const desk = rooms(chat, { mayJoin: () => true, history: memoryHistory() });
      const clients = [
        await member(server.port, room),
        await member(server.port, room),
        await member(server.port, room, '/chat,'),
      ];
      const event = 'said "ä"';
      const cursor = await server.broadcast(room, event, payload);
      const there = await desk.broadcast(room, event as never, payload as never);
      server.io.to(room).emit(event, payload, { holdfast: [room, cursor] });
      chat.to(room).emit(event, payload, { holdfast: [room, there] });
      for (const { packets } of clients) {
        await expect.poll(() => packets.length).toBe(2);
        expect(packets[0]).toBe(packets[1]);
      }
    },
  );
});

test('[SV-8] and by a shorter way, where nothing speaks against it', async () => {
  const server = await roomsServer({ history: memoryHistory() });
  const client = await member(server.port, 'a');
  await server.broadcast('a', 'said', 'before anybody looks');
  const long = vi.spyOn(server.io.of('/').adapter, 'broadcast');
  await server.broadcast('a', 'said', 'plain');
  expect(long).not.toHaveBeenCalled();
  await server.broadcast('a', 'said', Buffer.from('bytes'));
  await server.broadcast('a', 'said', 'to all but one', { exceptUsers: ['bob'] });
  expect(long).toHaveBeenCalledTimes(2);
  await expect.poll(() => client.packets.length).toBe(4);
});

test('[SV-8] over polling, too', async () => {
  const server = await roomsServer({ history: memoryHistory() });
  const auth = { token: 'alice', holdfast: { v: 1, rooms: ['a'] } };
  const socket = dial(server.url, { transports: ['polling'], forceNew: true, auth });
  use({ close: async () => void socket.disconnect() });
  await next(socket, 'holdfast:hello');
  const heard: unknown[] = [];
  socket.on('said', (...args) => heard.push(args));
  const cursor = await server.broadcast('a', 'said', { text: 'ä' });
  await expect.poll(() => heard).toEqual([[{ text: 'ä' }, { holdfast: ['a', cursor] }]]);
});

test('[SV-8] whoever listens to what goes out hears of it', async () => {
  const server = await roomsServer({ history: memoryHistory() });
  const heard: unknown[] = [];
  server.io.on('connection', (socket) => {
    socket.onAnyOutgoing((...args) => heard.push([socket.id, ...args]));
  });
  const client = await member(server.port, 'a');
  const [id] = server.io.sockets.sockets.keys();
  heard.length = 0;
  const payload = { text: 'hello' };
  const cursor = await server.broadcast('a', 'said', payload);
  await expect.poll(() => client.packets).toHaveLength(1);
  expect(heard).toEqual([[id, 'said', payload, { holdfast: ['a', cursor] }]]);
});

test('[SV-8] with an encoding of one’s own, it is that one’s', async () => {
  const server = await roomsServer({ history: memoryHistory(), server: { parser: shouting } });
  const client = await member(server.port, 'a');
  await server.broadcast('a', 'said', 'hello');
  await quiet();
  expect(client.packets).toEqual([expect.stringMatching(/^2\["SAID","HELLO"/)]);
});
