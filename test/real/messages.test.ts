import type { Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type Delivery, type OutboxFull, plain } from '../../src/index.ts';
import { fileStore } from '../../src/node/index.ts';
import { live, until } from '../support/live.ts';
import { afterRestart, useFolder } from '../support/outbox-folder.ts';
import { forkServer, type RealServer, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

interface Arrival {
  readonly id: string;
  readonly text: string;
  /** The token of the session it came with. */
  readonly as: string;
}

/** Notes every `message`, and answers unless told not to. */
function take({ io }: RealServer) {
  const desk = { arrivals: [] as Arrival[], answers: (_: Arrival) => true };
  io.on('connection', (socket: Socket) => {
    socket.on('message', ({ id, text }: Arrival, answer: (said: object) => void) => {
      const arrival = { id, text, as: String(socket.handshake.auth['token']) };
      desk.arrivals.push(arrival);
      if (desk.answers(arrival)) answer({ stored: text });
    });
  });
  return { desk, texts: () => desk.arrivals.map(({ text }) => text) };
}

const dialect = plain({ idKey: 'id' });
const polling = { transports: ['polling'] as ['polling'], upgrade: false };
const outcomeOf = ({ acknowledged }: Delivery) =>
  acknowledged.catch((error: { code: string }) => error.code) as Promise<unknown>;

describe.each([
  ['WebSocket', {}],
  ['polling', polling],
])('over %s', (_, link) => {
  test('[OB-1, OB-2, OB-3] what was under way at a drop goes again, with the same ids, before what is newer', async () => {
    const server = use(await startServer());
    const proxy = use(await FaultProxy.to(server.port));
    const { desk, texts } = take(server);
    desk.answers = () => false;
    const party = live(proxy.url, { link, dialect });
    party.connection.connect('alice');
    await party.connection.ready();
    const sent = ['one', 'two'].map((text) => party.connection.send('message', { text }));
    await expect.poll(texts).toEqual(['one', 'two']);
    proxy.refuse();
    proxy.reset();
    await until(party, 'reconnecting');
    sent.push(party.connection.send('message', { text: 'three' }));
    desk.answers = () => true;
    await proxy.heal();
    const answers = await Promise.all(sent.map(outcomeOf));
    expect(answers).toEqual(['one', 'two', 'three'].map((stored) => ({ stored })));
    expect(texts()).toEqual(['one', 'two', 'one', 'two', 'three']);
    const ids = sent.map(({ id }) => id);
    expect(desk.arrivals.map(({ id }) => id)).toEqual([...ids.slice(0, 2), ...ids]);
  });

  test('[LK-5] a message larger than the server takes is refused, and the link goes on', async () => {
    const server = use(await startServer({ maxHttpBufferSize: 10_000 }));
    const { texts } = take(server);
    const party = live(server.url, { link, dialect });
    party.connection.connect('alice');
    const before = party.connection.send('message', { text: 'x'.repeat(20_000) });
    const small = party.connection.send('message', { text: 'small' });
    expect(await outcomeOf(before)).toBe('payload-too-large');
    expect(before.state).toBe('refused');
    expect(await outcomeOf(small)).toEqual({ stored: 'small' });
    // By now it is known how much the server takes.
    const send = () => party.connection.send('message', { text: 'x'.repeat(20_000) });
    expect(send).toThrow(expect.objectContaining({ code: 'payload-too-large' }));
    const fits = 'x'.repeat(9_800);
    expect(await outcomeOf(party.connection.send('message', { text: fits }))).toEqual({ stored: fits });
    expect(texts()).toEqual(['small', fits]);
    expect(party.connection.stats().losses).toEqual({});
  });
});

test('[LK-5] a message that breaks the link, since the server takes less than it says, is set aside: once, and alone', async () => {
  const server = use(await startServer({ maxHttpBufferSize: 10_000 }));
  (server.io.engine as { opts: { maxHttpBufferSize: number } }).opts.maxHttpBufferSize = 1_000_000;
  const { texts } = take(server);
  const party = live(server.url, { dialect });
  party.connection.connect('alice');
  await party.connection.ready();
  const sent = ['one', 'x'.repeat(20_000), 'two'].map((text) => party.connection.send('message', { text }));
  const [, big] = sent;
  expect(await Promise.all(sent.map(outcomeOf))).toEqual([
    { stored: 'one' },
    'message-too-big',
    { stored: 'two' },
  ]);
  expect(big?.state).toBe('refused');
  expect([...new Set(texts())]).toEqual(['one', 'two']);
  expect(party.connection.stats().losses).toEqual({ 'message-too-big': 1 });
  expect(party.problems.map(({ code }) => code)).toEqual(['message-too-big']);
});

test('[OB-3, OB-4] an acknowledgement that never comes: sent again with the same id, a few times; a `once` message never', async () => {
  const server = use(await startServer());
  const { desk, texts } = take(server);
  desk.answers = ({ text }) => text === 'heard';
  const party = live(server.url, { dialect, outbox: { ackTimeout: 30, maxResends: 2 } });
  party.connection.connect('alice');
  const often = party.connection.send('message', { text: 'often' });
  const once = party.connection.send('message', { text: 'once' }, { once: true });
  const heard = party.connection.send('message', { text: 'heard' });
  expect(await Promise.all([often, once, heard].map(outcomeOf))).toEqual([
    'delivery-unknown',
    'delivery-unknown',
    { stored: 'heard' },
  ]);
  expect(texts().filter((text) => text === 'once')).toEqual(['once']);
  expect(desk.arrivals.filter(({ text }) => text === 'often').map(({ id }) => id)).toEqual([
    often.id,
    often.id,
    often.id,
  ]);
  expect(party.connection.stats().losses).toEqual({});
});

test('[OB-1] a server that is killed and comes back gets all that waited, and each message its own answer', async () => {
  const first = use(await forkServer());
  const party = live(first.url);
  party.connection.connect('alice');
  await party.connection.ready();
  const sent = [party.connection.send('echo', 0)];
  await sent[0]?.acknowledged;
  await first.kill();
  for (let n = 1; n <= 50; n += 1) sent.push(party.connection.send('echo', n));
  use(await forkServer(first.port));
  const answers = await Promise.all(sent.map(outcomeOf));
  expect(answers).toEqual(Array.from({ length: 51 }, (_, n) => n));
}, 60_000);

test('[ID-2] nothing of one user is sent under another: what waits and what was under way go on when they return', async () => {
  const server = use(await startServer());
  const { desk, texts } = take(server);
  desk.answers = ({ as }) => as !== 'alice';
  const { connection } = live(server.url, {
    dialect,
    credential: ({ identity }) => identity,
    outbox: { window: 1 },
  });
  connection.connect('alice');
  await connection.ready();
  const sent = ['under way', 'waiting'].map((text) => connection.send('message', { text }));
  await expect.poll(texts).toEqual(['under way']);
  connection.connect('bob');
  expect(await outcomeOf(connection.send('message', { text: 'of bob' }))).toEqual({ stored: 'of bob' });
  await quiet();
  expect(texts()).toEqual(['under way', 'of bob']);
  expect(sent.map(({ state }) => state)).toEqual(['queued', 'queued']);

  desk.answers = () => true;
  connection.connect('alice');
  await Promise.all(sent.map(outcomeOf));
  expect(desk.arrivals.map(({ as, text }) => `${as}: ${text}`)).toEqual([
    'alice: under way',
    'bob: of bob',
    'alice: under way',
    'alice: waiting',
  ]);
});

test('[ID-2] signing out erases what the file store has of this user, and of nobody else', async () => {
  const server = use(await startServer());
  take(server).desk.answers = () => false;
  const folder = useFolder();
  const { connection } = live(server.url, { outbox: { store: fileStore(folder) } });
  const send = async (identity: string) => {
    connection.connect(identity);
    await connection.ready();
    const delivery = connection.send('message', { text: `of ${identity}` });
    expect(await delivery.kept).toBe(true);
    return delivery;
  };
  const ofBob = await send('bob');
  const ofAlice = await send('alice');
  await connection.signOut();
  expect(ofAlice.state).toBe('discarded');
  expect(ofBob.state).toBe('queued');
  await connection.dispose();
  expect((await afterRestart(folder, 'alice')).ids).toEqual([]);
  expect((await afterRestart(folder, 'bob')).ids).toEqual([ofBob.id]);
});

test('[OB-5] a full outbox refuses, drops nothing, and has room again when the link is back', async () => {
  const server = use(await startServer());
  const proxy = use(await FaultProxy.to(server.port));
  const { texts } = take(server);
  proxy.refuse();
  const { connection } = live(proxy.url, { dialect, outbox: { capacity: { items: 3 } } });
  connection.connect('alice');
  const sent = ['one', 'two', 'three'].map((text) => connection.send('message', { text }));
  expect(() => connection.send('message', { text: 'four' })).toThrow(
    expect.objectContaining({ code: 'outbox-full' } satisfies Partial<OutboxFull>),
  );
  await proxy.heal();
  await Promise.all(sent.map(({ acknowledged }) => acknowledged));
  await connection.send('message', { text: 'five' }).acknowledged;
  expect(texts()).toEqual(['one', 'two', 'three', 'five']);
});
