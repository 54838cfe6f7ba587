/** A bad day of a connection, played against a real server. `npm run tour`, or `npm run tour -- --fast` for the hasty. */
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, plain, socketIo } from '../../src/index.ts';
import { startBackend } from './backend.ts';
import { type Chapter, chapters, type Tour } from './chapters.ts';
import type { ClientToServer, ServerToClient } from './events.ts';
import { createPrinter } from './print.ts';
import { createSession } from './tokens.ts';
import { within } from './watch.ts';

const isFast = process.argv.includes('--fast');
/** The tour is to be read: it rests between what it says and what it does. */
const rest = isFast ? 0 : 1_500;
const bound = 20_000;

const print = createPrinter();
const session = createSession(3);
const backend = await startBackend(session.key);

const connection = createConnection<ServerToClient, ClientToServer>({
  link: socketIo(backend.url),
  credential: session.accessToken,
  // The server of the tour does each message once: it knows it again by this key of its payload.
  dialect: plain({ idKey: 'id' }),
  // The defaults are for real outages, which last longer than a tour.
  reconnect: isFast
    ? { first: 50, base: 100, cap: 400, maxAttempts: 5, stableAfter: 50 }
    : { first: 800, base: 1_200, cap: 2_500, maxAttempts: 5, stableAfter: 1_000 },
});

let leaving: Promise<never> | undefined;
process.once('SIGINT', () => void leave(130));
process.once('SIGTERM', () => void leave(143));

print.line('A bad day of a connection, against a real Socket.IO server on this machine. Ctrl-C ends it.');
connection.problems$.subscribe(({ code, message }) => print.happened(`problem ${code}: ${message}`));

const tour: Tour = { connection, backend, session, print };
const statuses = connection.status$.subscribe((status) => print.status(status));
for (const [index, chapter] of chapters.entries()) {
  if (!(await told(index + 1, chapter))) await leave(1);
}
statuses.unsubscribe();
print.summary(connection.stats());
await leave(0);

/** Plays one chapter; false when it did not go as the library promises. */
async function told(number: number, chapter: Chapter): Promise<boolean> {
  print.headline(number, chapter.title);
  print.before(chapter.before);
  await pause(rest);
  try {
    print.after(await within(bound, chapter.play(tour)));
    await pause(rest);
    return true;
  } catch (error) {
    // Whoever pressed Ctrl-C has seen enough: what breaks off because of that is no failure.
    if (leaving !== undefined) return leaving;
    print.failure(`Chapter ${number}, "${chapter.title}", went wrong: ${(error as Error).message}`);
    return false;
  }
}

function leave(code: number): Promise<never> {
  leaving ??= (async () => {
    await connection.dispose();
    backend.stop();
    process.exit(code);
  })();
  return leaving;
}
