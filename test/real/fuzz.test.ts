import { expect, test } from 'vitest';
import { socketIo } from '../../src/link/socket-io.ts';
import type { Transport } from '../../src/link/socket-io-options.ts';
import { Secret } from '../../src/secret.ts';
import { createRandom } from '../../src/testing/random.ts';
import * as peers from '../support/odd-peers.ts';
import type { Heard } from '../support/recording-sink.ts';
import { seed, seedTold } from '../support/seed.ts';
import { startServer } from '../support/servers.ts';
import { type Switchboard, switchboard } from '../support/switchboard.ts';
import { quiet, type Trial, trial, use } from '../support/trial.ts';

const attemptsEach = 150;
const deadline = 60;

/** Over polling, an attempt that is called off leaves an engine on the server until it times out there. */
const impatient = {
  connectTimeout: 200,
  destroyUpgradeTimeout: 20,
  pingInterval: 400,
  pingTimeout: 200,
  connectionStateRecovery: {},
};

const orders: { first: string; transports: Transport[] }[] = [
  { first: 'websocket', transports: ['websocket'] },
  { first: 'polling', transports: ['polling', 'websocket'] },
];

test.each(orders)(
  '[LK-2] [LK-3] hundreds of hostile attempts, $first first: one settlement each, nothing after a hang-up, nothing left over',
  async ({ transports }) => {
    console.log(seedTold);
    const random = createRandom(seed);
    const { io, port } = use(await startServer(impatient));
    io.use((socket, proceed) => {
      const { act } = socket.handshake.auth as { act?: string };
      if (act === 'refuse') proceed(Object.assign(new Error('no'), { data: { code: 'busy' } }));
      else if (act === 'close') socket.conn.close();
      else if (act === 'slow') setTimeout(proceed, 20);
      else if (act !== 'hang') proceed();
    });
    io.on('connection', (socket) => {
      const { act } = socket.handshake.auth as { act?: string };
      socket.emit('hello', {});
      if (act === 'kick') socket.disconnect(true);
      if (act === 'drop') socket.conn.close();
    });
    const others = await Promise.all([
      peers.staysSilent(),
      peers.resets(),
      peers.talksGarbage(),
      peers.answersHttp(503, { 'retry-after': '1' }),
      peers.upgradesThenCloses(),
      peers.speaksVersion2(),
      peers.speaksEngine({ atOnce: ['40{"sid":"x"}', '42["x"]', '41'] }),
    ]);
    for (const other of others) use(other);
    const ports = others.map((peer) => peer.port);
    const board = use(await switchboard(() => (random() < 0.6 ? port : pick(ports, random))));
    const link = socketIo(board.url, { transports });
    const parties = Array.from({ length: 3 }, (_, n) => trial(link, `user ${n}`));

    await Promise.all(parties.map((party) => rampage(party, board, random)));
    for (const { sink } of parties) check(sink.heard);
    const settled = parties.flatMap(({ sink }) => sink.heard.map(({ kind }) => kind));
    for (const kind of ['opened', 'refused', 'failed', 'lost', 'received']) expect(settled).toContain(kind);

    await Promise.all(parties.map(({ session }) => session.close()));
    const told = settled.length;
    await expect
      .poll(() => [board.open(), io.engine.clientsCount, io.sockets.sockets.size], { timeout: 3000 })
      .toEqual([0, 0, 0]);
    expect(parties.flatMap(({ sink }) => sink.heard)).toHaveLength(told);
  },
  60_000,
);

async function rampage({ session, sink }: Trial, board: Switchboard, random: () => number): Promise<void> {
  const hungUp = new Map<number, number>();
  const hangUp = (epoch: number) => {
    session.hangUp(epoch, { keepSession: random() < 0.5 });
    hungUp.set(epoch, sink.heard.length);
  };
  for (let epoch = 1; epoch <= attemptsEach; epoch++) {
    const over = settlement(sink, epoch);
    session.dial(epoch);
    const act = pick(['accept', 'accept', 'refuse', 'hang', 'close', 'slow', 'kick', 'drop'], random);
    if (random() < 0.5) await turns(random() * 20);
    if (random() < 0.9)
      session.authenticate(epoch, random() < 0.1 ? null : new Secret({ token: 'a-good-token', act }));
    if (random() < 0.15) {
      await turns(random() * 30);
      hangUp(epoch);
      continue;
    }
    await Promise.race([over, quiet(deadline)]);
    if (sink.settlements(epoch).length === 0) hangUp(epoch);
    if (random() < 0.3) session.emit('x', [1]);
    if (random() < 0.3) session.call('x', [], 10).catch(() => {});
    if (random() < 0.1) board.reset();
    if (random() < 0.5) await turns(random() * 30);
    // Sometimes the next dial has to do it.
    if (random() < 0.5) hangUp(epoch);
  }
  for (const [epoch, at] of hungUp) {
    expect(
      sink.heard.slice(at).filter((heard) => heard.epoch === epoch),
      `after hanging up ${epoch}`,
    ).toEqual([]);
  }
}

/** Every epoch by itself: at most one settlement, a loss only of what was opened, messages only around an open link. */
function check(heard: readonly Heard[]): void {
  for (const epoch of new Set(heard.map((each) => each.epoch))) {
    const kinds = heard
      .filter((each) => each.epoch === epoch)
      .map(({ kind, ...rest }) =>
        kind === 'received' && 'replayed' in rest && rest.replayed ? 'replayed' : kind,
      );
    expect(kinds.join(' '), `epoch ${epoch}`).toMatch(
      /^(failed|refused|(replayed )*opened( received)*( lost)?)$/,
    );
  }
  const epochs = heard.map(({ epoch }) => epoch);
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
}

function settlement(sink: Trial['sink'], epoch: number): Promise<void> {
  return new Promise((resolve) => {
    sink.react = (heard) => {
      if (heard.epoch === epoch && heard.kind !== 'received') resolve();
    };
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
