/** The chat in a terminal, beside a page: `npm start -w examples/vanilla`, and `npm start -w examples/node -- alice`. */
import { createInterface } from 'node:readline';
import { distinctUntilChanged, filter, firstValueFrom, map } from 'rxjs';
import { words } from '../shared/words.ts';
import { banner$, connection } from './connection.ts';

const [user = 'terminal'] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });

banner$.pipe(map(words), distinctUntilChanged()).subscribe((text) => console.log(`* ${text}`));
connection.on('message:new').subscribe(({ from, text }) => console.log(`${from}: ${text}`));
connection.status$.subscribe(({ state }) => {
  if (state !== 'auth-failed' && state !== 'exhausted') return;
  process.exitCode = 1;
  void leave();
});
process.once('SIGINT', leave);

connection.connect(user);
connection.join('lobby');
for await (const text of lines) {
  // A file comes in faster than it goes out.
  await waitingBelow(500);
  // What was read already still comes after the end.
  if (connection.getStatus().state === 'idle') break;
  const delivery = connection.send('message:send', { text });
  delivery.state$.subscribe((state) => console.log(`  ${text} (${state})`));
}
// The input has ended. What was typed goes out first, unless somebody does not want to wait.
await waitingBelow(1);
await leave();

/** Resolves when fewer messages wait, or when the connection is disposed of. */
async function waitingBelow(count: number): Promise<void> {
  const isBelow = connection.outbox$.pipe(filter(({ queued, sending }) => queued + sending < count));
  await firstValueFrom(isBelow, { defaultValue: null });
}

async function leave(): Promise<void> {
  lines.close();
  await connection.dispose();
}
