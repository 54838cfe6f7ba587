import { describe, expect, test } from 'vitest';
import { admission, type Notice, onNotice } from '../../src/server/index.ts';
import { peak } from '../support/herd.ts';
import { live, until } from '../support/live.ts';
import { type RealServer, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

interface Admitting extends RealServer {
  readonly notices: Notice[];
  /** When handshakes came, and when those that were admitted were. */
  readonly came: number[];
  readonly admitted: number[];
}

async function admitting(options: Parameters<typeof admission>[1]): Promise<Admitting> {
  const server = use(await startServer());
  const [notices, came, admitted]: [Notice[], number[], number[]] = [[], [], []];
  onNotice(server.io, (notice) => notices.push(notice));
  server.io.use((_, proceed) => {
    came.push(performance.now());
    proceed();
  });
  admission(server.io, options);
  server.io.use((_, proceed) => {
    admitted.push(performance.now());
    proceed();
  });
  return { ...server, notices, came, admitted };
}

describe('admission', () => {
  test('[SV-5, RE-2] a herd of 200 that lost its server is back in about clients ÷ rate, with few handshakes', async () => {
    const [clients, rate, burst] = [200, 40, 10];
    const { io, url, came, admitted } = await admitting({ rate, burst });
    const runs = Array.from({ length: clients }, () => live(url, { reconnect: { first: 500, base: 500 } }));
    for (const [index, { connection }] of runs.entries()) connection.connect(`user ${index}`);
    const all = { timeout: 20_000 };
    await expect.poll(() => io.sockets.sockets.size, all).toBe(clients);

    came.length = 0;
    admitted.length = 0;
    const since = performance.now();
    for (const socket of io.sockets.sockets.values()) socket.conn.close();
    await expect.poll(() => admitted.length, all).toBe(clients);
    await Promise.all(runs.map(({ connection }) => connection.ready()));

    expect(peak(admitted, 100)).toBeLessThanOrEqual(rate / 10 + burst + 1);
    const took = Math.max(...admitted) - since;
    expect(took).toBeGreaterThan(((clients - burst) * 1_000) / rate - 100);
    // From when all have knocked: clients that share a machine with much else are late for that, too.
    const knocked = (came[clients - 1] ?? 0) - since;
    expect(took - knocked).toBeLessThan((1.5 * clients * 1_000) / rate);
    expect(came.length).toBeLessThan(2.5 * clients);
    expect(runs.flatMap(({ asked }) => asked).filter(({ forceRefresh }) => forceRefresh)).toEqual([]);
  });

  test('[SV-5, RE-2] the slot is kept to the millisecond by the client', async () => {
    const { url, notices } = await admitting({ rate: 2, burst: 1 });
    const first = live(url);
    first.connection.connect('first');
    await first.connection.ready();
    const run = live(url, { reconnect: { first: 60_000, base: 60_000, cap: 60_000 } });
    run.connection.connect('second');
    const { retryAt, since, cause } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    // The next token is at most 500 ms away, and the slot half a burst behind it; a spread would be up to a minute.
    expect(retryAt! - since).toBeLessThanOrEqual(751);
    await run.connection.ready();
    expect(notices).toEqual([{ kind: 'refused', code: 'busy', detail: 'too many handshakes at once' }]);
  });

  test('[SV-5] a client with a key that asks early is told what is left, and still gets in on time', async () => {
    const { url, came } = await admitting({
      rate: 1,
      burst: 1,
      key: ({ handshake }) => handshake.auth['device'],
    });
    const open = (device: string) => {
      let calls = 0;
      const run = live(url, { credential: () => ({ token: `${device} ${++calls}`, device }) });
      run.connection.connect(device);
      return run;
    };
    await open('a').connection.ready();
    const run = open('b');
    const { retryAt: slot } = await until(run, 'reconnecting');
    open('c');
    await expect.poll(() => came.length).toBe(3);
    run.connection.retry();
    const { retryAt } = await until(run, 'reconnecting', ({ attempt }) => attempt === 3);
    expect(Math.abs(retryAt! - slot!)).toBeLessThan(100);
    await run.connection.ready();
  });

  test('[SV-5] a key function that throws, or gives what is no key, refuses nobody', async () => {
    for (const key of [
      () => {
        throw new Error('boom');
      },
      () => 'x'.repeat(100_000),
      () => 7 as never,
    ]) {
      const { url } = await admitting({ rate: 20, burst: 1, key });
      const runs = [live(url), live(url)];
      for (const { connection } of runs) connection.connect('alice');
      await Promise.all(runs.map(({ connection }) => connection.ready()));
    }
  });
});
