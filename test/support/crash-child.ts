/**
 * Sends numbered messages over a file store, every fifth at most once, until it is killed; tells which of them the
 * store has. Told to, it ends in good order when all are settled.
 */
import { createConnection, plain, socketIo } from '../../src/index.ts';
import { fileStore } from '../../src/node/file-store.ts';

const [url = '', folder = '', first = '0', last = '0'] = process.argv.slice(2);
const tell = (said: object) => process.connected && process.send?.(said);

const connection = createConnection({
  link: socketIo(url),
  credential: false,
  dialect: plain({ idKey: 'id' }),
  reconnect: { first: 1, base: 1, cap: 10 },
  outbox: { store: fileStore(folder), capacity: { items: 100_000 }, ackTimeout: 500 },
});
connection.problems$.subscribe(({ code, message }) => tell({ problem: code, message }));
process.once('message', () => {
  process.disconnect();
  connection.outbox$.subscribe(({ queued, sending }) => {
    if (queued + sending === 0) void connection.dispose();
  });
});
connection.connect('alice');
connection.outbox$.subscribe(({ queued, sending }) => tell({ isDrained: queued + sending === 0 }));

for (let n = Number(first); n < Number(last); n += 1) {
  const { kept } = connection.send('message', { n }, { once: n % 5 === 0 });
  void kept.then((isKept) => tell({ n, isKept }));
  // Lets writes, sends and acknowledgements come between, so that a kill meets every one of them.
  if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
}
