/** A process that disposes of its connection when it is told to, and must then end by itself (LC-10). */
import { createConnection, isHoldfastError, socketIo } from '../../src/index.ts';
import { fileStore } from '../../src/node/index.ts';

const [url = '', plight = '', folder = ''] = process.argv.slice(2);

const connection = createConnection({
  link: socketIo(url),
  credential: () => (plight === 'no credential' ? new Promise<string>(() => {}) : 'token'),
  outbox: folder === '' ? {} : { store: fileStore(folder) },
  ...(plight === 'rooms' && { sync: { fetch: () => new Promise<never>(() => {}) } }),
});
connection.status$.subscribe(({ state }) => process.connected && process.send?.(state));
connection.connect('alice');
if (plight === 'rooms') for (let n = 0; n < 100; n += 1) connection.join(`room ${n}`);
if (plight === 'rooms' || plight === 'full') fill();

/** Until there is no room for more, with messages of every kind. */
function fill(): void {
  try {
    for (let n = 0; ; n += 1) {
      const delivery = connection.send('message', { n }, n % 2 === 0 ? { ttl: 3_600_000 } : { once: true });
      delivery.acknowledged.catch(({ code }) => {
        if (code !== 'disposed') throw new Error(`rejected with ${code}`);
      });
    }
  } catch (error) {
    if (!isHoldfastError(error) || error.code !== 'outbox-full') throw error;
  }
}

process.once('message', () => {
  // The channel to the parent would keep this process alive.
  process.disconnect();
  const startedAt = performance.now();
  process.on('exit', () => process.stdout.write(String(Math.round(performance.now() - startedAt))));
  void connection.dispose();
});
