import { describe, expect, test } from 'vitest';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';

const stage = useChromium();

test('what a page says and throws is seen, and what is evaluated in it comes back', async () => {
  const tab = await stage.tab((await startSite()).url);
  expect(await tab.events()).toEqual(['pageshow']);
  expect(await tab.evaluate((a, b) => Promise.resolve({ sum: a + b }), 1, 2)).toEqual({ sum: 3 });
  await expect(tab.evaluate(() => Promise.reject(new TypeError('no')))).rejects.toThrow('TypeError: no');
  await tab.evaluate(() => {
    console.info('a word', { of: 'sense' });
    console.error('an error');
    setTimeout(() => {
      throw new RangeError('uncaught');
    });
    Promise.reject(new Error('unhandled'));
  });
  await expect.poll(() => tab.errors.length, { timeout: 20_000 }).toBe(3);
  expect(tab.console).toContain('info: a word Object');
  expect(tab.errors.map((error) => error.split('\n')[0])).toEqual(
    expect.arrayContaining(['an error', 'RangeError: uncaught', 'Error: unhandled']),
  );
});

test('a tab is hidden and shown again; another one beside it is not', async () => {
  const { url } = await startSite();
  const profile = await stage.profile();
  const [tab, other] = [await profile.tab(url), await profile.tab(url)];
  await tab.hide();
  await tab.show();
  await tab.hide();
  expect(await tab.events()).toEqual(['pageshow', 'hidden', 'visible', 'hidden']);
  expect(await other.events()).toEqual(['pageshow']);
});

test('a frozen page runs no timer, and stays hidden when it is resumed', async () => {
  const tab = await stage.tab((await startSite()).url);
  await tab.freeze();
  const fired = () => tab.evaluate(() => document.title);
  await tab.evaluate(() => {
    setTimeout(() => {
      document.title = 'fired';
    });
  });
  // A page beside it has time for the same.
  const beside = await stage.tab((await startSite()).url);
  await beside.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
  expect(await fired()).toBe('holdfast');
  await tab.resume();
  await tab.until(() => document.title === 'fired');
  expect(await tab.evaluate(() => document.visibilityState)).toBe('hidden');
  await tab.show();
  expect(await tab.events()).toEqual(['pageshow', 'hidden', 'freeze', 'resume', 'visible']);
});

test('showing a frozen page resumes it', async () => {
  const tab = await stage.tab((await startSite()).url);
  await tab.hide();
  await tab.freeze();
  await tab.show();
  expect(await tab.events()).toEqual(['pageshow', 'hidden', 'freeze', 'resume', 'visible']);
});

test('offline, nothing new gets through', async () => {
  const tab = await stage.tab((await startSite()).url);
  const get = () => fetch('/other.html').then(({ status }) => status, String);
  await tab.offline();
  expect(await tab.evaluate(get)).toMatch(/Failed to fetch/);
  await tab.online();
  expect(await tab.evaluate(get)).toBe(200);
  expect(await tab.events()).toEqual(['pageshow', 'offline', 'online']);
});

test.each([
  ['127.0.0.1', 'url', ['offline', 'transport close', 'online']],
  ['localhost', 'localhostUrl', ['offline', 'online']],
] as const)('offline at %s, Socket.IO and an open WebSocket do this', async (_, url, expected) => {
  const site = await startSite();
  const tab = await stage.tab(site[url]);
  await withSocket({ tab, site });
  await tab.offline();
  await tab.online();
  expect((await tab.events()).slice(1)).toEqual(expected);
});

test('a page that was left comes back from the back/forward cache as it was', async () => {
  const tab = await stage.tab((await startSite()).url);
  await tab.evaluate(() => {
    document.title = 'as it was';
  });
  await tab.leave();
  await tab.back();
  expect(await tab.evaluate(() => document.title)).toBe('as it was');
  expect(await tab.events()).toEqual([
    'pageshow',
    'pagehide persisted',
    'hidden',
    'freeze',
    'resume',
    'visible',
    'pageshow persisted',
  ]);
});

/** Opens a WebSocket of which the page notes the end, and the words that come. */
async function withSocket({ tab, site }: { tab: Tab; site: Site }): Promise<void> {
  await tab.evaluate(() => {
    const socket = window.holdfast.io({ transports: ['websocket'], reconnection: false });
    socket.on('disconnect', (reason) => window.pageEvents.push(reason));
    socket.on('word', (word) => window.pageEvents.push(word));
  });
  await site.settled(1);
}

test('one with an open WebSocket is loaded anew, and is not taken for one that was kept', async () => {
  const site = await startSite();
  const tab = await stage.tab(site.url);
  await withSocket({ tab, site });
  await tab.leave();
  await site.settled(0);
  await expect(tab.back()).rejects.toThrow('the page was not kept: WebSocket');
});

describe('where pages with open WebSockets are kept', () => {
  const modern = useChromium({ cachesOpenSockets: true });

  test('the server learns that the socket has ended when the page is back', async () => {
    const site = await startSite();
    const tab = await modern.tab(site.url);
    await withSocket({ tab, site });
    await tab.leave();
    expect(site.sockets.length).toBe(1);
    await tab.back();
    await tab.until(() => window.pageEvents.includes('transport error'));
    await site.settled(0);
    expect((await tab.events()).slice(-2)).toEqual(['pageshow persisted', 'transport error']);
  });
});

test('a frozen page keeps its WebSocket, and hears what was said meanwhile when it is resumed', async () => {
  const site = await startSite();
  const tab = await stage.tab(site.url);
  await withSocket({ tab, site });
  await tab.freeze();
  for (const socket of site.sockets) socket.emit('word', 'heard');
  await tab.resume();
  await tab.until(() => window.pageEvents.includes('heard'));
  expect((await tab.events()).slice(-3)).toEqual(['freeze', 'resume', 'heard']);
});

test('a reload makes a new page', async () => {
  const tab = await stage.tab((await startSite()).url);
  await tab.evaluate(() => {
    document.title = 'old';
  });
  await tab.reload();
  expect(await tab.evaluate(() => document.title)).toBe('holdfast');
});

test('localhost is served as well', async () => {
  const site = await startSite();
  const tab = await stage.tab(site.localhostUrl);
  expect(await tab.evaluate(() => `${location.hostname} ${typeof window.holdfast.createConnection}`)).toBe(
    'localhost function',
  );
  expect(tab.errors).toEqual([]);
});
