import { describe, expect, test } from 'vitest';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import {
  expectNoErrors,
  failedConnection,
  gap,
  moments,
  onlySocket,
  payloads,
  reaches,
  story,
  type Witness,
  witness,
} from '../support/browser/witness.ts';

interface Scene extends Witness {
  readonly site: Site;
  readonly tab: Tab;
}

describe.each([
  ['a browser that keeps pages with open WebSockets', true],
  ['one that does not', false],
])('the back/forward cache of %s', (_, cachesOpenSockets) => {
  const stage = useChromium({ cachesOpenSockets });

  /** A live connection that has had one message. The page counts in `document.title` how often `sync` was called. */
  async function scene(recovery: boolean): Promise<Scene> {
    const site = await startSite(recovery ? { connectionStateRecovery: {} } : {});
    const seen = witness(site);
    const tab = await stage.tab(site.url);
    await tab.evaluate(() => {
      document.title = '';
      const sync = () => {
        document.title += 'sync';
        const last = window.holdfast.lives['main']?.messages.at(-1)?.payload;
        return [{ event: 'note', payload: Number(last) + 1 }];
      };
      // Long enough to leave the page between two attempts: one that is under way keeps it out of the cache.
      window.holdfast.live('main', { sync, reconnect: { backoff: () => 1_500 } });
      window.holdfast.lives['main']?.connection.connect();
    });
    await reaches(tab, 'connected.live');
    await onlySocket(site);
    site.io.emit('note', 0);
    await tab.until(() => window.holdfast.lives['main']?.messages.length === 1);
    return { site, tab, ...seen };
  }

  test.each([
    ['recovered, with what was missed', true, 'recovered', ''],
    ['renewed, and what was missed is asked for', false, 'connected', 'sync'],
  ])(
    '[EN-3] the link is let go as a lost one, and comes back with one attempt: %s',
    async (_name, recovery, expected, asked) => {
      const { site, tab, seen } = await scene(recovery);
      await tab.leave();
      await site.settled(0);
      expect(seen).toEqual(['connected', 'transport close']);
      site.io.emit('note', 1);
      await tab.back();
      await reaches(tab, 'connected.live');
      site.io.emit('note', 2);
      await tab.until(() => window.holdfast.lives['main']?.messages.some(({ payload }) => payload === 2));
      expect(await payloads(tab)).toEqual([0, 1, 2]);
      expect(await tab.evaluate(() => document.title)).toBe(asked);
      expect(seen).toEqual(['connected', 'transport close', expected]);
      expect(site.handshakes).toBe(2);
      const back = (await moments(tab, 'pagehide persisted')).map(({ what }) => what);
      expect(back.filter((what) => what === 'dial')).toHaveLength(1);
      expect(back.filter((what) => what.startsWith('main'))).toEqual([
        'main reconnecting.waiting',
        'main reconnecting.credential',
        'main reconnecting.handshake',
        ...(recovery ? [] : ['main connected.restoring']),
        'main connected.live',
      ]);
      const status = await tab.evaluate(() => window.holdfast.lives['main']?.connection.getStatus());
      expect(status).toMatchObject({ recovered: recovery });
      const ms = [await gap(tab, 'resume', 'dial'), await gap(tab, 'resume', 'main connected.live')];
      console.info(`back from the cache, ms until attempt and live: ${ms.map(Math.round).join(', ')}`);
      expect(ms[0]).toBeLessThan(250);
      expectNoErrors(tab);
    },
  );

  test('[EN-3] again and again', async () => {
    const { site, tab } = await scene(true);
    for (let n = 1; n <= 3; n += 1) {
      await tab.leave();
      await site.settled(0);
      site.io.emit('note', n);
      await tab.back();
      await reaches(tab, 'connected.live');
      await tab.until((count) => window.holdfast.lives['main']?.messages.length === count, n + 1);
    }
    expect(await payloads(tab)).toEqual([0, 1, 2, 3]);
    await onlySocket(site);
    expectNoErrors(tab);
  });

  test('[EN-3, OB-1] what waits in the outbox of a page that was left goes out after its return, once', async () => {
    const { site, tab, heard } = await scene(true);
    site.away();
    await reaches(tab, 'reconnecting.waiting');
    await tab.evaluate(() => {
      for (const text of ['one', 'two']) window.holdfast.lives['main']?.send('say', text);
    });
    await tab.leave();
    site.returns();
    await tab.back();
    await tab.until(() => window.holdfast.lives['main']?.states().every((state) => state === 'acknowledged'));
    expect(heard).toEqual(['one', 'two']);
    expectNoErrors(tab, failedConnection);
  });

  test('[EN-3, OB-1] what was sent in the turn of leaving goes out after the return, once', async () => {
    const { tab, heard } = await scene(true);
    await tab.evaluate(() => {
      window.addEventListener('pagehide', () => void window.holdfast.lives['main']?.send('say', 'bye'));
    });
    await tab.leave();
    await tab.back();
    await tab.until(() => window.holdfast.lives['main']?.states().join() === 'acknowledged');
    expect(heard).toEqual(['bye']);
    expectNoErrors(tab);
  });

  test('[EN-3] left and told to disconnect meanwhile: it stays at rest', async () => {
    const { site, tab } = await scene(true);
    await tab.evaluate(() => {
      window.addEventListener('pagehide', () => window.holdfast.lives['main']?.connection.disconnect());
    });
    await tab.leave();
    await site.settled(0);
    await tab.back();
    expect((await story(tab)).at(-1)).toBe('idle');
    expect(site.handshakes).toBe(1);
    expectNoErrors(tab);
  });

  test.each([
    ['the server takes the connection and says nothing', 'silence'],
    ['the server never answers CONNECT', 'middleware'],
  ])('[EN-3] left in the middle of an attempt, where %s', async (_name, how) => {
    const site = await startSite();
    const proxy = await site.proxy();
    let held = how === 'middleware';
    let asked = 0;
    site.io.use((_socket, next) => {
      asked += 1;
      if (!held) next();
    });
    if (how === 'silence') proxy.blackhole();
    const tab = await stage.tab(site.url);
    await tab.evaluate((url) => {
      const reconnect = { first: 1_000, base: 2_000, cap: 20_000 };
      window.holdfast.live('main', { url, reconnect }).connection.connect();
    }, proxy.url);
    await reaches(tab, 'authenticating.handshake');
    // A page that is left before it has sent CONNECT sends it on its return, into a socket that is closed by then.
    await expect.poll(() => (held ? asked : proxy.counts.accepted), { timeout: 20_000 }).toBe(1);
    await tab.leave();
    held = false;
    await proxy.heal();
    if (!cachesOpenSockets) {
      await expect(tab.back()).rejects.toThrow('the page was not kept: WebSocket');
      return;
    }
    await tab.back();
    await reaches(tab, 'connected.live');
    // The attempt ended with its socket, and the next one comes after the first wait of an outage, which is up to 1 s.
    const ms = await gap(tab, 'resume', 'main connected.live');
    console.info(`back in the middle of an attempt, ms until live: ${Math.round(ms)}`);
    expect(
      (await moments(tab, 'resume')).map(({ what }) => what).filter((what) => what === 'dial'),
    ).toHaveLength(1);
    await onlySocket(site);
    expectNoErrors(tab, failedConnection);
  });
});
