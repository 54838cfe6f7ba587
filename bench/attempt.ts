import { Manager } from 'socket.io-client';
import { freePort } from '../examples/shared/processes/free-port.ts';
import { createConnection, socketIo } from '../src/index.ts';
import { alternate, type Bench, difference, ratiosOf, row } from './harness.ts';

const clients = 50;
const attempts = 1_000;
/** Ms from one attempt of a client to its next. */
const pause = 10;

/** What an attempt costs that nobody answers: all that a client does for as long as its server is away. */
export const attempt: Bench = {
  name: 'attempt',
  title: `${attempts.toLocaleString('en')} attempts of ${clients} clients at a port where nobody listens, by processor time`,
  async measure() {
    const url = `http://127.0.0.1:${await freePort()}`;
    const found = await alternate({ raw: () => costOf(raw, url), held: () => costOf(held, url) });
    return {
      rows: [
        row('socket.io-client', 'µs/attempt', found.raw),
        row('holdfast', 'µs/attempt', found.held),
        row('holdfast − raw', 'µs/attempt', difference(found.held, found.raw)),
        row('holdfast by raw', '', ratiosOf(found.held, found.raw)),
      ],
      targets: [],
    };
  },
};

/** Begins to try, and gives what ends that. */
type Try = (url: string, attempted: () => void) => () => unknown;

/** µs of the processor for one attempt. */
async function costOf(begin: Try, url: string): Promise<number> {
  const cpuAtStart = process.cpuUsage();
  let made = 0;
  const ends: (() => unknown)[] = [];
  await new Promise<void>((resolve) => {
    const attempted = () => {
      made += 1;
      if (made === attempts) resolve();
    };
    for (let n = 0; n < clients; n += 1) ends.push(begin(url, attempted));
  });
  const { user, system } = process.cpuUsage(cpuAtStart);
  await Promise.all(ends.map((end) => end()));
  return (user + system) / attempts;
}

const raw: Try = (url, attempted) => {
  const manager = new Manager(url, {
    transports: ['websocket'],
    reconnectionDelay: pause,
    reconnectionDelayMax: pause,
  });
  const socket = manager.socket('/', { auth: (give) => give({ token }) });
  manager.on('error', attempted);
  return () => socket.disconnect();
};

const held: Try = (url, attempted) => {
  const connection = createConnection({
    link: socketIo(url),
    credential() {
      attempted();
      return token;
    },
    reconnect: { first: pause, base: pause, factor: 1, cap: pause },
  });
  connection.connect('alice');
  return () => connection.dispose();
};

const token = 'a-token-of-some-length-for-nobody';
