import { expect, test } from 'vitest';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import { expectNoErrors, onlySocket, reaches, story, witness } from '../support/browser/witness.ts';

const stage = useChromium();

/** One connection a user: the older one is told so and let go. */
async function strictSite(
  url: 'url' | 'localhostUrl',
): Promise<{ site: Site; seen: string[]; tabs: [Tab, Tab] }> {
  const site = await startSite();
  const { seen } = witness(site);
  site.io.on('connection', (socket) => {
    for (const older of site.sockets) {
      if (older === socket || older.handshake.auth['user'] !== socket.handshake.auth['user']) continue;
      older.emit('holdfast:bye', { code: 'superseded' });
      older.disconnect(true);
    }
  });
  const profile = await stage.profile();
  return { site, seen, tabs: [await profile.tab(site[url]), await profile.tab(site[url])] };
}

async function connect(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    const credential = () => ({ token: 'secret', user: 'alice' });
    window.holdfast.live('main', { credential }).connection.connect('alice');
  });
  await reaches(tab, 'connected.live');
}

const reason = (tab: Tab) =>
  tab.evaluate(() => {
    const status = window.holdfast.lives['main']?.connection.getStatus();
    return status?.state === 'idle' && status.reason;
  });

/** Everything that a tab can hear of, each undone again. */
async function everySignal(tab: Tab): Promise<void> {
  await tab.hide();
  await tab.show();
  await tab.offline();
  await tab.online();
  await tab.freeze();
  await tab.resume();
  await tab.show();
  await tab.leave();
  await tab.back();
}

test.each(['url', 'localhostUrl'] as const)(
  '[RE-7, LC-3] the older one is superseded and stays so, whatever it hears of; `retry()` takes over (%s)',
  async (url) => {
    const { site, seen, tabs } = await strictSite(url);
    const [older, newer] = tabs;
    await connect(older);
    await connect(newer);
    await reaches(older, 'idle');
    expect(await reason(older)).toBe('superseded');
    const told = await story(older);

    await everySignal(older);
    expect(await story(older)).toEqual(told);
    expect(await older.evaluate(() => window.moments.filter(({ what }) => what === 'dial').length)).toBe(1);
    expect(site.handshakes).toBe(2);
    expect((await story(newer)).at(-1)).toBe('connected.live');

    await older.evaluate(() => window.holdfast.lives['main']?.connection.retry());
    await reaches(older, 'connected.live');
    await reaches(newer, 'idle');
    expect(await reason(newer)).toBe('superseded');
    await onlySocket(site);
    expect(site.handshakes).toBe(3);
    expect(seen.filter((what) => what === 'connected')).toHaveLength(3);
    for (const tab of tabs) expectNoErrors(tab);
  },
);

test('[LC-3] a connection that was never connected, or told to disconnect, makes no request, whatever it hears of', async () => {
  const site = await startSite();
  const proxy = await site.proxy();
  const tab = await stage.tab(site.url);
  await tab.evaluate((url) => {
    window.holdfast.live('never', { url });
    window.holdfast.live('main', { url }).connection.connect();
  }, proxy.url);
  await reaches(tab, 'connected.live');
  await tab.evaluate(() => window.holdfast.lives['main']?.connection.disconnect());
  await site.settled(0);
  const before = [await story(tab), await story(tab, 0, 'never')];
  for (let round = 0; round < 2; round += 1) await everySignal(tab);
  expect([await story(tab), await story(tab, 0, 'never')]).toEqual(before);
  expect(await tab.evaluate(() => window.moments.filter(({ what }) => what === 'dial').length)).toBe(1);
  expect([site.handshakes, proxy.counts.accepted]).toEqual([1, 1]);
  expectNoErrors(tab);
});
