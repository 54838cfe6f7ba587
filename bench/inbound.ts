import { io } from 'socket.io-client';
import { createConnection, socketIo } from '../src/index.ts';
import { alternate, type Bench, median, ratiosOf, row, start } from './harness.ts';

const messages = 50_000;
const warmups = 3;
const least = 0.95;

/** Whether messages get through as fast as without holdfast (MS-2): `connection.on(event)` against `socket.on(event)`. */
export const inbound: Bench = {
  name: 'inbound',
  title: `${messages.toLocaleString('en')} messages of 150 bytes to one subscriber, server and client each in a process`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const raw = await connectRaw(url);
    const held = await connectHeld(url);
    // The share of the processor decides where the server is the slower one, so both are measured.
    const cpu = { raw: [] as number[], holdfast: [] as number[] };
    const contenders = {
      raw: () => rateOf(raw, cpu.raw),
      holdfast: () => rateOf(held, cpu.holdfast),
    };
    const rates = await alternate(contenders, { rounds: 21, warmups });
    await Promise.all([raw.end(), held.end(), server.stop()]);

    const ratio = median(ratiosOf(rates.holdfast, rates.raw));
    return {
      rows: [
        row('socket.io-client', 'messages/s', rates.raw),
        row('holdfast', 'messages/s', rates.holdfast),
        row('socket.io-client, processor time', 'µs/message', cpu.raw.slice(warmups)),
        row('holdfast, processor time', 'µs/message', cpu.holdfast.slice(warmups)),
      ],
      targets: [
        {
          promise: `≥ ${least} of raw, round by round`,
          found: ratio.toFixed(3),
          isMet: ratio >= least,
        },
      ],
    };
  },
};

interface Subject {
  listen(onMessage: () => void): () => void;
  flood(): void;
  end(): Promise<void>;
}

/** From the first message to the last. */
function rateOf(subject: Subject, cpu: number[]): Promise<number> {
  return new Promise((resolve) => {
    let received = 0;
    let startedAt = 0;
    let cpuAtStart = process.cpuUsage();
    const stopListening = subject.listen(() => {
      received += 1;
      if (received === 1) {
        startedAt = performance.now();
        cpuAtStart = process.cpuUsage();
      }
      if (received < messages) return;
      const { user, system } = process.cpuUsage(cpuAtStart);
      cpu.push((user + system) / messages);
      stopListening();
      resolve((messages / (performance.now() - startedAt)) * 1_000);
    });
    subject.flood();
  });
}

async function connectRaw(url: string): Promise<Subject> {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    listen(onMessage) {
      socket.on('message:new', onMessage);
      return () => socket.off('message:new', onMessage);
    },
    flood: () => socket.emit('flood', messages, () => {}),
    end: async () => void socket.disconnect(),
  };
}

async function connectHeld(url: string): Promise<Subject> {
  const connection = createConnection({ link: socketIo(url), credential: false });
  connection.connect();
  await connection.ready();
  return {
    listen(onMessage) {
      const subscription = connection.on('message:new').subscribe(onMessage);
      return () => subscription.unsubscribe();
    },
    flood: () => void connection.request('flood', messages),
    end: () => connection.dispose(),
  };
}
