import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { overhearConsole, strings } from '../support/hearsay.ts';
import { live, until } from '../support/live.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** Opaque ones, and one of the shape that everybody knows: no pattern may be what hides them. */
const credentials = {
  refused: 'opaque-1-Zq8rT2vN',
  accepted: 'opaque-2-Lk3mP9xW',
  renewed: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl',
  beside: 'tenant-key-7Hs2Bn4c',
};

test('[CR-12] a bad day on which server and provider say the credential aloud: it is nowhere to be read', async () => {
  const written = overhearConsole();
  const { io, url } = use(await startServer());
  // A server that is careless in every way it can be.
  io.use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token !== credentials.refused) return next();
    const echo = Object.assign(new Error(`jwt ${token} of ${credentials.beside} is malformed`), {
      data: { code: 'unauthorized', got: { ...socket.handshake.auth } },
    });
    next(echo);
  });
  io.on('connection', (socket) => {
    socket.on('kick', () => {
      socket.emit('bye', { code: 'expired', reason: `${socket.handshake.auth['token']} ran out` });
      socket.disconnect(true);
    });
  });

  const inspected: unknown[] = [];
  const given = [credentials.refused, credentials.accepted, null, credentials.renewed];
  const run = live(url, {
    credential() {
      const token = given.shift();
      if (token === null)
        throw new Error(`could not refresh ${credentials.accepted} (${credentials.beside})`);
      return { token: token as string, tenant: credentials.beside };
    },
    inspect: (event) => inspected.push(event, inspect(event, { depth: 4, showHidden: true })),
  });
  run.connection.connect('alice');
  await run.connection.ready();
  run.connection.volatile('kick', null);
  await until(run, 'reconnecting', ({ cause }) => cause.code === 'credential-unavailable');
  await run.connection.ready();
  const { connection, statuses, problems, asked } = run;
  await connection.dispose();

  const told = {
    statuses,
    problems,
    asked,
    inspected,
    trace: connection.trace(),
    stats: connection.stats(),
    snapshot: connection.actor.getSnapshot(),
    connection,
  };
  // Three ways to read it: as a debugger does, as a log does, as a wire does.
  const readings = [
    ...strings(told),
    ...written,
    inspect(told.statuses, { depth: 8, showHidden: true }),
    inspect(connection, { depth: 8 }),
    JSON.stringify(told.trace),
    JSON.stringify(statuses),
  ];
  expect(statuses.length).toBeGreaterThan(8);
  expect(inspected.length).toBeGreaterThan(20);
  for (const [name, secret] of Object.entries(credentials)) {
    expect(
      readings.filter((text) => text.includes(secret)).map((text) => text.slice(0, 200)),
      name,
    ).toEqual([]);
  }
});
