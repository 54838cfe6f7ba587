import { describe, expect, test } from 'vitest';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';

const stage = useChromium();

/** Answers what it is told, and greets. */
async function talkingSite(): Promise<Site> {
  const site = await startSite();
  site.io.on('connection', (socket) => {
    socket.emit('hello', { from: 'the server' });
    socket.on('say', (payload, acknowledge) => acknowledge({ heard: payload }));
  });
  return site;
}

describe('a connection in a real browser', () => {
  test.each([
    ['websocket', ['websocket']],
    ['polling', ['polling']],
  ] as const)('[LC-2, MS-1, OB-1] over %s, a message each way', async (transport, transports) => {
    const site = await talkingSite();
    const tab = await stage.tab(site.url);
    await tab.evaluate(
      (list) => window.holdfast.live('main', { link: { transports: list } }).connection.connect(),
      [...transports],
    );
    await tab.until(() => window.holdfast.lives['main']?.story.at(-1) === 'connected.live');
    expect(site.sockets.map(({ conn }) => conn.transport.name)).toEqual([transport]);
    const answer = await tab.evaluate(() => {
      const { connection } = window.holdfast.lives['main']!;
      return connection.send('say', { text: 'hello' }).acknowledged;
    });
    expect(answer).toEqual({ heard: { text: 'hello' } });
    await tab.until(() => window.holdfast.lives['main']?.messages.length === 1);
    expect(await tab.evaluate(() => window.holdfast.lives['main']?.messages)).toEqual([
      { event: 'hello', payload: { from: 'the server' } },
    ]);
    expect(await tab.evaluate(() => window.holdfast.lives['main']?.story)).toEqual([
      'idle',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
    ]);
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.dispose());
    await site.settled(0);
    expect(site.connections).toBe(1);
    expect(tab.errors).toEqual([]);
  });
});

/** React's StrictMode mounts, unmounts and mounts again, in one turn. */
describe.each(['websocket', 'polling'] as const)(
  'a component that is mounted twice, over %s',
  (transport) => {
    test('[LC-2, LC-4] one connection made outside: one socket on the server, and one it stays', async () => {
      const site = await talkingSite();
      const tab = await stage.tab(site.url);
      await tab.evaluate((name) => {
        const { connection } = window.holdfast.live('main', { link: { transports: [name] } });
        const mount = () => {
          const stop = connection.subscribe(() => {});
          connection.connect();
          return () => {
            stop();
            connection.disconnect();
          };
        };
        mount()();
        mount();
      }, transport);
      await tab.until(() => window.holdfast.lives['main']?.story.at(-1) === 'connected.live');
      await site.settled(1);
      await answers(tab, 'main');
      expect(site.connections).toBe(1);
      await expect.poll(() => site.io.engine.clientsCount, { timeout: 20_000 }).toBe(1);
    });

    test('[LC-10] one connection a mount: one socket is left', async () => {
      const site = await talkingSite();
      const tab = await stage.tab(site.url);
      await tab.evaluate((name) => {
        const mount = (key: string) => {
          const { connection } = window.holdfast.live(key, { link: { transports: [name] } });
          connection.connect();
          return () => connection.dispose();
        };
        void mount('first')();
        mount('second');
      }, transport);
      await tab.until(() => window.holdfast.lives['second']?.story.at(-1) === 'connected.live');
      await site.settled(1);
      await answers(tab, 'second');
      await expect.poll(() => site.io.engine.clientsCount, { timeout: 20_000 }).toBe(1);
    });
  },
);

async function answers(tab: Awaited<ReturnType<typeof stage.tab>>, name: string): Promise<void> {
  const answer = await tab.evaluate((key) => window.holdfast.lives[key]?.connection.request('say', 1), name);
  expect(answer).toEqual({ heard: 1 });
}
