/** A process that disposes of its connection when it is told to, and must then end by itself (LC-10). */
import { createConnection, socketIo } from '../../src/index.ts';

const [url = '', credential = 'granted'] = process.argv.slice(2);

const connection = createConnection({
  link: socketIo(url),
  credential: () => (credential === 'never' ? new Promise<string>(() => {}) : 'token'),
});
connection.status$.subscribe(({ state }) => process.connected && process.send?.(state));
connection.connect('alice');

process.once('message', () => {
  // The channel to the parent would keep this process alive.
  process.disconnect();
  const startedAt = performance.now();
  process.on('exit', () => process.stdout.write(String(Math.round(performance.now() - startedAt))));
  void connection.dispose();
});
