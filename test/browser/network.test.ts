import { describe, expect, test } from 'vitest';
import { startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import {
  expectNoErrors,
  failedConnection,
  gap,
  moments,
  onlySocket,
  reaches,
  story,
  witness,
} from '../support/browser/witness.ts';

const stage = useChromium();

/** With the waits that users have by default, which are long enough to be told from 250 ms. */
async function connect(tab: Tab, url?: string, probeTimeout = 5_000): Promise<void> {
  await tab.evaluate(
    (given) => {
      const { connection } = window.holdfast.live('main', {
        ...given,
        reconnect: { first: 1_000, base: 2_000, cap: 20_000 },
      });
      connection.connect();
    },
    { ...(url !== undefined && { url }), probe: { timeout: probeTimeout } },
  );
}

/** Marks the moment at which a timer of 250 ms comes that was set at `online`, before the connection hears of it. */
async function markSpread(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    window.addEventListener('online', () => {
      setTimeout(() => window.moments.push({ what: 'spread', at: performance.now() }), 250);
    });
  });
}

/** One attempt within 250 ms of `online`: not later than a timer of that time, by 20 ms. */
async function expectPromptReturn(tab: Tab): Promise<number> {
  await tab.until(() => window.moments.some(({ what }) => what === 'spread'));
  const dialled = await gap(tab, 'online', 'dial');
  expect(dialled).toBeLessThanOrEqual((await gap(tab, 'online', 'spread')) + 20);
  expect((await moments(tab, 'online')).filter(({ what }) => what === 'dial')).toHaveLength(1);
  return dialled;
}

describe('the network goes and returns', () => {
  test("[RE-5, EN-1] at 127.0.0.1: offline at once, no attempt; back, one within 250 ms, where socket.io-client's own waits on", async () => {
    const site = await startSite();
    const tab = await stage.tab(site.url);
    await markSpread(tab);
    await connect(tab);
    await reaches(tab, 'connected.live');
    await tab.evaluate(async () => {
      const mark = (what: string) => window.moments.push({ what, at: performance.now() });
      // Of the engines in a page, Engine.IO tells every second one of `offline`: this one is left out.
      const between = window.holdfast.io(location.origin, { forceNew: true });
      await new Promise<void>((resolve) => between.on('connect', resolve));
      const other = window.holdfast.io(location.origin, { forceNew: true });
      other.on('connect', () => mark('other connected'));
      other.io.on('reconnect_attempt', () => mark('other attempt'));
      other.io.on('reconnect_error', () => mark('other failed'));
    });
    await tab.until(() => window.moments.some(({ what }) => what === 'other connected'));
    await tab.evaluate(() => {
      const mark = () => window.moments.push({ what: 'turn after offline', at: performance.now() });
      window.addEventListener('offline', () => setTimeout(mark));
    });

    await tab.offline();
    await reaches(tab, 'reconnecting.offline');
    // Its third wait lies between 2 and 5 s.
    await tab.until(() => window.moments.filter(({ what }) => what === 'other failed').length === 2);
    const away = (await moments(tab, 'offline')).map(({ what }) => what);
    // Engine.IO hears of it before the connection does: `waiting` may come between, in the same turn.
    expect(away.filter((what) => !/^other|waiting$/.test(what))).toEqual([
      'offline',
      'main reconnecting.offline',
      'turn after offline',
    ]);

    await tab.online();
    await reaches(tab, 'connected.live');
    const dialled = await expectPromptReturn(tab);
    await tab.until(() => window.moments.filter(({ what }) => what === 'other connected').length === 2);
    const live = await gap(tab, 'online', 'main connected.live');
    const otherDialled = await gap(tab, 'online', 'other attempt');
    const otherLive = await gap(tab, 'online', 'other connected');
    expect(live).toBeLessThan(otherLive);
    expect(
      (await moments(tab, 'online')).map(({ what }) => what).filter((what) => what.startsWith('main')),
    ).toEqual([
      'main reconnecting.waiting',
      'main reconnecting.credential',
      'main reconnecting.handshake',
      'main connected.live',
    ]);
    console.info(
      `after ${Math.round(await gap(tab, 'offline', 'online'))} ms offline, ms from online to attempt and connected:`,
      `holdfast ${Math.round(dialled)}, ${Math.round(live)};`,
      `socket.io-client ${Math.round(otherDialled)}, ${Math.round(otherLive)}`,
    );
    expectNoErrors(tab, failedConnection);
  });

  test('[RE-5, EN-2] with two connections in a page: the one that Engine.IO forgets is found out by a probe', async () => {
    const site = await startSite();
    const tab = await stage.tab(site.url);
    for (const name of ['main', 'second']) {
      await tab.evaluate((key) => {
        window.holdfast.live(key, { probe: { timeout: 500 } }).connection.connect();
      }, name);
      await reaches(tab, 'connected.live', name);
    }
    await tab.offline();
    await reaches(tab, 'reconnecting.offline');
    await reaches(tab, 'reconnecting.offline', 'second');
    expect(await gap(tab, 'offline', 'second reconnecting.offline')).toBeLessThan(1_500);
    await tab.online();
    await reaches(tab, 'connected.live');
    await reaches(tab, 'connected.live', 'second');
    expectNoErrors(tab, failedConnection);
  });

  test('[EN-2] at localhost: shorter than a probe, and nothing happened at all', async () => {
    const site = await startSite();
    const { seen } = witness(site);
    const tab = await stage.tab(site.localhostUrl);
    await connect(tab);
    await reaches(tab, 'connected.live');
    const socket = await onlySocket(site);
    const before = await story(tab);

    await tab.offline();
    await tab.online();
    expect(
      await tab.evaluate(() => window.holdfast.lives['main']?.connection.request('say', 'here')),
    ).toBeUndefined();
    await probed(tab);
    expect(await story(tab)).toEqual(before);
    expect(await onlySocket(site)).toBe(socket);
    expect([seen, site.handshakes]).toEqual([['connected'], 1]);
    expectNoErrors(tab);
  });

  test('[RE-5, EN-2] at localhost: longer than a probe, the link is lost, and there is one attempt within 250 ms of the return', async () => {
    const site = await startSite();
    const tab = await stage.tab(site.localhostUrl);
    await markSpread(tab);
    await connect(tab, undefined, 500);
    await reaches(tab, 'connected.live');
    await tab.offline();
    await reaches(tab, 'reconnecting.offline');
    expect(await gap(tab, 'offline', 'main reconnecting.offline')).toBeGreaterThanOrEqual(500);
    await tab.online();
    await reaches(tab, 'connected.live');
    await expectPromptReturn(tab);
    await onlySocket(site);
    expectNoErrors(tab, failedConnection);
  });

  test('[RE-5] while an attempt is waited for: no attempt comes of it, and one when it is back', async () => {
    const site = await startSite();
    const tab = await stage.tab(site.url);
    await markSpread(tab);
    await connect(tab);
    await reaches(tab, 'connected.live');
    site.away();
    await reaches(tab, 'reconnecting.waiting');
    await tab.offline();
    await reaches(tab, 'reconnecting.offline');
    site.returns();
    await tab.online();
    await reaches(tab, 'connected.live');
    await expectPromptReturn(tab);
    expectNoErrors(tab, failedConnection);
  });

  test('[RE-5] in the middle of an attempt that hangs: it ends with the network, and the return is prompt', async () => {
    const site = await startSite();
    const proxy = await site.proxy();
    const tab = await stage.tab(site.url);
    await markSpread(tab);
    proxy.blackhole();
    await connect(tab, proxy.url);
    await reaches(tab, 'authenticating.handshake');
    await expect.poll(() => proxy.counts.accepted, { timeout: 20_000 }).toBe(1);
    await tab.offline();
    await reaches(tab, 'reconnecting.offline');
    expect(await gap(tab, 'offline', 'main reconnecting.offline')).toBeLessThan(1_000);
    await proxy.heal();
    await tab.online();
    await reaches(tab, 'connected.live');
    await expectPromptReturn(tab);
    expectNoErrors(tab, failedConnection);
  });

  test('[EN-1, RE-5] while the page is frozen: it knows when it is resumed', async () => {
    const site = await startSite();
    const tab = await stage.tab(site.url);
    await markSpread(tab);
    await connect(tab, undefined, 500);
    await reaches(tab, 'connected.live');
    await tab.freeze();
    const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await tab.send('Network.emulateNetworkConditions', { offline: true, ...conditions });
    await tab.resume();
    await reaches(tab, 'reconnecting.offline');
    await tab.online();
    await reaches(tab, 'connected.live');
    expectNoErrors(tab, failedConnection);
  });
});

/** Whether the probe that is under way has ended: the server's refusal came before this answer. */
async function probed(tab: Tab): Promise<void> {
  await tab.evaluate(() => window.holdfast.lives['main']?.connection.request('say', 'still here'));
}
