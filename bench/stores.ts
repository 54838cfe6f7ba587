import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { createConnection, memoryStore, type OutboxStore, socketIo } from '../src/index.ts';
import { fileStore } from '../src/node/index.ts';
import { openPage } from './browser.ts';
import { alternate, type Bench, type Row, ratiosOf, row, start } from './harness.ts';
import { message, rateOf, type Send } from './sending.ts';
import type { Kind } from './stores-page.ts';

const rounds = 9;
const width = { inFlight: 100, messages: 1_000 };

/** What it costs to keep each message until it is acknowledged (OB-7), so that it outlives a crash or a reload. */
export const stores: Bench = {
  name: 'stores',
  title: `messages of 150 bytes, each acknowledged, ${width.inFlight} in flight, kept until then: in memory, in files on this machine's disk (with fsync, and without), in IndexedDB of a real Chromium; against emitWithAck with a timeout, which keeps nothing`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const rows = [...(await inNode(url)), ...(await inChromium(url))];
    await server.stop();
    return { rows, targets: [] };
  },
};

async function inNode(url: string): Promise<Row[]> {
  mkdirSync('reports', { recursive: true });
  const folder = mkdtempSync(join('reports', 'stores-'));
  const raw = await connectRaw(url);
  const memory = await connectHeld(url, memoryStore());
  const file = await connectHeld(url, fileStore(join(folder, 'synced')));
  const lazy = await connectHeld(url, fileStore(join(folder, 'lazy'), { sync: false }));
  const found = await alternate(
    {
      raw: () => rateOf(raw.send, width),
      memory: () => rateOf(memory.send, width),
      file: () => rateOf(file.send, width),
      lazy: () => rateOf(lazy.send, width),
      disk: async () => syncsOf(join(folder, 'one by one')),
    },
    { rounds },
  );
  for (const { end } of [raw, memory, file, lazy]) await end();
  rmSync(folder, { recursive: true });
  return [
    row('socket.io-client', 'messages/s', found.raw),
    row('holdfast, memory', 'messages/s', found.memory),
    row('holdfast, file store', 'messages/s', found.file),
    row('holdfast, file store without fsync', 'messages/s', found.lazy),
    row('the disk, one append and fsync at a time', 'a second', found.disk),
    row('memory by raw', '', ratiosOf(found.memory, found.raw)),
    row('file store by raw', '', ratiosOf(found.file, found.raw)),
    row('file store by appends of the disk', '', ratiosOf(found.file, found.disk)),
    row('file store without fsync by raw', '', ratiosOf(found.lazy, found.raw)),
  ];
}

/** What a log could do that waits for the disk with every message. */
function syncsOf(path: string): number {
  const file = openSync(path, 'a');
  const count = 100;
  const startedAt = performance.now();
  for (let n = 0; n < count; n += 1) {
    writeSync(file, JSON.stringify(message));
    fsyncSync(file);
  }
  const time = performance.now() - startedAt;
  closeSync(file);
  return (count / time) * 1_000;
}

async function inChromium(url: string): Promise<Row[]> {
  const { tab, close } = await openPage('stores-page.ts');
  try {
    await tab.evaluate((to, inFlight) => window.begin(to, inFlight), url, width.inFlight);
    const rate = (kind: Kind) => () => tab.evaluate((name, wide) => window.measure(name, wide), kind, width);
    const found = await alternate(
      { raw: rate('raw'), memory: rate('memory'), indexedDb: rate('indexedDb') },
      { rounds },
    );
    return [
      row('socket.io-client in Chromium', 'messages/s', found.raw),
      row('holdfast in Chromium, memory', 'messages/s', found.memory),
      row('holdfast in Chromium, IndexedDB', 'messages/s', found.indexedDb),
      row('memory by raw, in Chromium', '', ratiosOf(found.memory, found.raw)),
      row('IndexedDB by raw, in Chromium', '', ratiosOf(found.indexedDb, found.raw)),
    ];
  } finally {
    await close();
  }
}

async function connectRaw(url: string) {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const send: Send = () => socket.timeout(10_000).emitWithAck('message:send', message);
  return { send, end: async () => void socket.disconnect() };
}

async function connectHeld(url: string, store: OutboxStore) {
  const outbox = { store, window: width.inFlight };
  const connection = createConnection({ link: socketIo(url), credential: false, outbox });
  connection.connect();
  await connection.ready();
  const send: Send = () => connection.send('message:send', message).acknowledged;
  return { send, end: () => connection.dispose() };
}
