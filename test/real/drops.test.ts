import { filter, firstValueFrom } from 'rxjs';
import { expect, test } from 'vitest';
import { createConnection, type OutboxFull, plain, socketIo } from '../../src/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { countMessages } from '../support/counting-server.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

const messages = Number(process.env['HOLDFAST_MESSAGES'] ?? 100_000);
const drops = messages / 100;
const seed = Number(process.env['HOLDFAST_SEED'] ?? 20261120);

test(`[OB-1, OB-2, OB-3] ${messages} messages over ${drops} drops: none lost, none twice, none out of order`, async () => {
  const random = createRandom(seed);
  const server = use(await startServer());
  const count = countMessages(server);
  const proxy = use(await FaultProxy.to(server.port));
  // One acknowledgement in five hundred is never sent, on a link that lives on.
  count.losesAck = () => random() < 0.002;

  const connection = createConnection({
    link: socketIo(proxy.url),
    credential: false,
    dialect: plain({ idKey: 'id' }),
    reconnect: { first: 1, base: 1, cap: 5 },
    outbox: { capacity: { items: 2_000 }, window: 100, ackTimeout: 250 },
  });
  connection.connect('alice');
  const outcomes = new Map<string, number>();
  let settled = 0;
  let lost = 0;

  /** One of the ways for a link to end, or to be held up on its way. */
  async function misbehave(): Promise<void> {
    const kind = Math.floor(random() * 5);
    if (kind === 0) proxy.cut();
    else if (kind === 1) proxy.reset();
    else if (kind === 2) for (const socket of count.sockets) socket.conn.close();
    else if (kind === 3) for (const socket of count.sockets) socket.disconnect(true);
    else {
      // The server hears, and its answers are lost with the link.
      proxy.dropServerToClient();
      await firstValueFrom(connection.outbox$.pipe(filter(({ sending }) => sending > 50)));
      proxy.reset();
      await proxy.heal();
    }
    lost += 1;
  }

  const all: Promise<unknown>[] = [];
  let nextDrop = messages / drops / 2;
  for (let n = 0; n < messages; n += 1) {
    for (;;) {
      try {
        const { acknowledged } = connection.send('message', { n });
        all.push(
          acknowledged.then(
            () => tell('acknowledged'),
            (error) => tell(error.code),
          ),
        );
        break;
      } catch (thrown) {
        expect((thrown as OutboxFull).code).toBe('outbox-full');
        await firstValueFrom(
          connection.outbox$.pipe(filter(({ queued, sending }) => queued + sending < 1_500)),
        );
      }
    }
    if (settled >= nextDrop && lost < drops) {
      nextDrop = settled + (messages / drops) * random() * 1.6;
      await connection.ready();
      await misbehave();
    }
  }
  function tell(outcome: string): void {
    settled += 1;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  await Promise.all(all);

  expect(Object.fromEntries(outcomes)).toEqual({ acknowledged: messages });
  expect(count.effects.length).toBe(messages);
  expect(count.effects.findIndex((n, index) => n !== index)).toBe(-1);
  const { losses } = connection.stats();
  const told = Object.values(losses).reduce((sum, each) => sum + each, 0);
  console.log(`${told} links lost (${JSON.stringify(losses)}), ${count.arrivals - messages} repeats`);
  expect(told).toBeGreaterThanOrEqual(drops * 0.9);
  await connection.dispose();
}, 240_000);
