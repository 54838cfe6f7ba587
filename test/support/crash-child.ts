/** Sends numbered messages over a file store until it is killed; tells which of them the store has. */
import { createConnection, plain, socketIo } from '../../src/index.ts';
import { fileStore } from '../../src/node/file-store.ts';

const [url = '', folder = '', first = '0', last = '0'] = process.argv.slice(2);

const connection = createConnection({
  link: socketIo(url),
  credential: false,
  dialect: plain({ idKey: 'id' }),
  reconnect: { first: 1, base: 1, cap: 10 },
  outbox: { store: fileStore(folder), capacity: { items: 100_000 }, ackTimeout: 500 },
});
connection.connect('alice');
connection.problems$.subscribe((problem) =>
  process.send?.({ problem: `${problem.code}: ${problem.message}` }),
);

for (let n = Number(first); n < Number(last); n += 1) {
  const { kept } = connection.send('message', { n });
  void kept.then((isKept) => process.send?.({ n, isKept }));
  // Lets writes, sends and acknowledgements come between, so that a kill meets every one of them.
  if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
}
connection.outbox$.subscribe(({ queued, sending }) => {
  if (queued + sending === 0) process.send?.({ isDrained: true });
});
