import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../machines/policy.ts';
import { systemClock } from '../../src/clock.ts';
import { plain } from '../../src/dialect/plain.ts';
import type { LinkSession } from '../../src/link/link.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { defaultOutbox } from '../../src/outbox/settings.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(maxHttpBufferSize: number) {
  const http = createServer();
  const server = new Server(http, { serveClient: false, maxHttpBufferSize });
  const heard: unknown[] = [];
  server.on('connection', (socket) => {
    socket.on('say', (payload, acknowledge) => {
      heard.push(payload);
      acknowledge('heard');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const codes: string[] = [];
  const outbox = new Outbox({
    outbox: defaultOutbox,
    clock: systemClock,
    random: Math.random,
    id: null,
    dialect: plain({ idKey: 'id' }),
    desk: { redact: (said) => said },
    problems: { report: ({ code }) => codes.push(code), caught: (who) => codes.push(who) },
    policy: defaultPolicy,
  });
  outbox.belongTo('alice');
  ends.push(() => outbox.dispose());
  const session = await new Promise<LinkSession>((resolve, reject) => {
    const opening: LinkSession = socketIo(url).open('alice', {
      opened: () => resolve(opening),
      refused: (_, observed) => reject(new Error(observed.message)),
      failed: (_, observed) => reject(new Error(observed.message)),
      lost: () => codes.push('lost'),
      received() {},
    });
    opening.dial(1);
    opening.authenticate(1, null);
  });
  ends.push(() => session.close());
  return { outbox, session, heard, codes };
}

describe('the outbox over a real link', () => {
  test('[LK-4, LK-5] knows what the server takes: the largest that goes arrives, one byte more is not sent', async () => {
    const most = 20_000;
    const { outbox, session, heard, codes } = await start(most);
    expect(session.maxPayload?.()).toBe(most);
    const large = outbox.send('say', 'x'.repeat(most - 64 - '["say",""]'.length));
    const larger = outbox.send('say', 'x'.repeat(most - 64 - '["say",""]'.length + 1));
    const bytes = outbox.send('say', [new Uint8Array(15_000), new Uint8Array(15_000)]);
    outbox.open(session);
    expect(await large.acknowledged).toBe('heard');
    expect(await bytes.acknowledged).toBe('heard');
    await expect(larger.acknowledged).rejects.toMatchObject({ code: 'payload-too-large' });
    expect(codes).toEqual(['payload-too-large']);
    expect(heard.length).toBe(2);
  });

  test('[OB-2, OB-3] what waited arrives in order, with its id where the server wants it', async () => {
    const { outbox, session, heard } = await start(1e6);
    const sent = Array.from({ length: 500 }, (_, number) => outbox.send('say', { number }));
    outbox.open(session);
    await Promise.all(sent.map(({ acknowledged }) => acknowledged));
    expect(heard).toEqual(sent.map(({ id }, number) => ({ number, id })));
  });
});
