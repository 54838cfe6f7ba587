/** A process that connects, is dropped, reconnects and disconnects, over and over, and tells what is left of it (LK-3). */
import { type Connection, createConnection, type Status, socketIo } from '../../src/index.ts';

const [url = '', warmups = '0', cycles = '0'] = process.argv.slice(2);

async function run(): Promise<void> {
  const before = await atRest();
  const connection = createConnection({
    link: socketIo(url),
    credential: () => `token-${Math.random()}`,
    reconnect: { first: 0, base: 0, cap: 0 },
  });
  for (let index = 0; index < Number(warmups); index += 1) await cycle(connection, index);
  const heapBefore = await settledHeap();
  for (let index = 0; index < Number(cycles); index += 1) await cycle(connection, index);
  const heapAfter = await settledHeap();
  const { connections, losses } = connection.stats();
  await connection.dispose();
  // Closing is over when the loop has seen it.
  await new Promise((resolve) => setImmediate(resolve));
  const after = process.getActiveResourcesInfo().sort();
  process.send?.({ before, after, grownBy: heapAfter - heapBefore, connections, losses });
}

/** What keeps the process alive, when the loader has closed the files that it read. */
async function atRest(): Promise<string[]> {
  for (;;) {
    const all = process.getActiveResourcesInfo().sort();
    if (!all.some((name) => name.includes('Req'))) return all;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Every fourth cycle is of another user, whose link is a new one. */
async function cycle(connection: Connection, index: number): Promise<void> {
  connection.connect(index % 4 === 3 ? 'bob' : 'alice');
  await connection.ready();
  const lost = until(connection, ({ state }) => state === 'reconnecting');
  connection.volatile('drop', null);
  await lost;
  await connection.ready();
  connection.disconnect();
}

function until(connection: Connection, fits: (status: Status) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = connection.subscribe(() => {
      if (!fits(connection.getStatus())) return;
      stop();
      resolve();
    });
  });
}

async function settledHeap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

void run();
