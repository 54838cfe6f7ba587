import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { createConnection, socketIo } from '../src/index.ts';
import { alternate, atMost, type Bench, type Row, ratiosOf, row, start, type Target } from './harness.ts';

/** Ms each way, so that a dial takes 100 ms, and so does the handshake after it. */
const delay = 50;
const providerTakes = 100;
const rounds = 15;
const most = 1.15;
const connections = 100;

/** How long it takes from the call to an accepted connection (CR-11). */
export const connect: Bench = {
  name: 'connect',
  title: `from the call until the server accepted, where the provider takes ${providerTakes} ms, the dial ${2 * delay} ms and the handshake ${2 * delay} ms; then ${connections} connections one after another where nothing takes time`,
  async measure() {
    const far = await start<{ port: number }>('./server', [], [String(delay)]);
    const { rows, target } = await fromAfar(`http://127.0.0.1:${far.ready.port}`);
    await far.stop();
    const near = await start<{ port: number }>('./server');
    const nearby = await fromNearby(`http://127.0.0.1:${near.ready.port}`);
    await near.stop();
    return { rows: [...rows, ...nearby], targets: [target] };
  },
};

async function fromAfar(url: string): Promise<{ rows: Row[]; target: Target }> {
  const parts = { provider: [] as number[], dial: [] as number[], handshake: [] as number[] };
  const found = await alternate(
    {
      limit: async () => {
        const { provider, dial, handshake } = await partsOf(url);
        parts.provider.push(provider);
        parts.dial.push(dial);
        parts.handshake.push(handshake);
        return Math.max(provider, dial) + handshake;
      },
      sequential: () =>
        timeOf(async () => {
          const token = await provide();
          return connectRaw(url, { auth: { token } });
        }),
      callback: () =>
        timeOf(() =>
          connectRaw(url, {
            auth: (give: (auth: object) => void) => void provide().then((token) => give({ token })),
          }),
        ),
      held: () => timeOf(() => connectHeld(url)),
    },
    { rounds },
  );
  const byLimit = row('holdfast by the limit', '', ratiosOf(found.held, found.limit));
  const counted = (samples: readonly number[]) => samples.slice(-rounds);
  return {
    rows: [
      row('the provider', 'ms', counted(parts.provider)),
      row('a dial of socket.io-client', 'ms', counted(parts.dial)),
      row('a handshake of socket.io-client', 'ms', counted(parts.handshake)),
      row('the limit: max(provider, dial) + handshake', 'ms', found.limit),
      row('the credential first, then socket.io-client', 'ms', found.sequential),
      row('socket.io-client with an auth callback', 'ms', found.callback),
      row('holdfast', 'ms', found.held),
      byLimit,
      row('the credential first, by the limit', '', ratiosOf(found.sequential, found.limit)),
      row('an auth callback, by the limit', '', ratiosOf(found.callback, found.limit)),
    ],
    target: atMost(most, byLimit, {
      what: `time to connected, provider ${providerTakes} ms, dial and handshake ${2 * delay} ms each`,
      by: 'of max(provider, dial) + handshake',
    }),
  };
}

/** One after another, nothing of which another could hide. */
async function partsOf(url: string) {
  const askedAt = performance.now();
  await provide();
  const provider = performance.now() - askedAt;
  const socket = io(url, { ...bare, auth: { token } });
  const dialledAt = performance.now();
  await new Promise<void>((resolve) => socket.io.once('open', resolve));
  const openAt = performance.now();
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const handshake = performance.now() - openAt;
  socket.disconnect();
  return { provider, dial: openAt - dialledAt, handshake };
}

async function fromNearby(url: string): Promise<Row[]> {
  const each = (open: () => Promise<() => unknown>) => async () => {
    let spent = 0;
    for (let index = 0; index < connections; index += 1) spent += await timeOf(open);
    return spent / connections;
  };
  const found = await alternate(
    {
      raw: each(() => connectRaw(url, { auth: { token } })),
      held: each(() => connectHeld(url, () => token)),
    },
    { rounds: 11 },
  );
  return [
    row('socket.io-client, where nothing takes time', 'ms each', found.raw),
    row('holdfast, where nothing takes time', 'ms each', found.held),
    row('holdfast by raw, where nothing takes time', '', ratiosOf(found.held, found.raw)),
  ];
}

/** Ms until it is connected; what ends it is not measured. */
async function timeOf(open: () => Promise<() => unknown>): Promise<number> {
  const startedAt = performance.now();
  const close = await open();
  const time = performance.now() - startedAt;
  await close();
  return time;
}

const token = 'a-token-of-some-length-for-nobody';

function provide(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(token), providerTakes));
}

const bare = { transports: ['websocket'], reconnection: false, forceNew: true };

async function connectRaw(
  url: string,
  options: Partial<ManagerOptions & SocketOptions>,
): Promise<() => unknown> {
  const socket = io(url, { ...bare, ...options });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return () => socket.disconnect();
}

async function connectHeld(url: string, credential: () => string | Promise<string> = provide) {
  const connection = createConnection({ link: socketIo(url), credential });
  connection.connect('alice');
  await connection.ready();
  return () => connection.dispose();
}
