import { describe, expect, test } from 'vitest';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';

const stage = useChromium();

interface Said {
  readonly id: string;
  readonly text: string;
}

/** Hears what is said, and acknowledges it unless told otherwise. */
async function hearingSite(): Promise<{ site: Site; heard: Said[]; mute: { is: boolean } }> {
  const site = await startSite();
  const heard: Said[] = [];
  const mute = { is: false };
  site.io.on('connection', (socket) => {
    socket.on('say', (said: Said, acknowledge: () => void) => {
      heard.push(said);
      if (!mute.is) acknowledge();
    });
  });
  return { site, heard, mute };
}

/** Connects with an outbox in the browser's database. */
async function connect(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    const { live, indexedDbStore, plain } = window.holdfast;
    const { connection } = live('main', {
      dialect: plain({ idKey: 'id' }),
      outbox: { store: indexedDbStore() },
    });
    connection.connect('alice');
  });
}

/** Sends, waits until the database has it, and gives the ids. */
function send(tab: Tab, ...texts: string[]): Promise<string[]> {
  return tab.evaluate(async (all) => {
    const main = window.holdfast.lives['main']!;
    const ids = all.map((text) => main.send('say', { text }));
    const kept = await Promise.all(main.deliveries.map((delivery) => delivery.kept));
    if (kept.includes(false)) throw new Error(`not kept: ${main.problems.join(', ')}`);
    return ids;
  }, texts);
}

async function live(tab: Tab): Promise<void> {
  await tab.until(() => window.holdfast.lives['main']?.story.at(-1) === 'connected.live');
}

/** Nothing waits any more, in memory or in the database. */
async function empty(tab: Tab): Promise<void> {
  await tab.until(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('holdfast-outbox');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const count = await new Promise<number>((resolve, reject) => {
      const counting = database.transaction('entries').objectStore('entries').count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => reject(counting.error);
    });
    database.close();
    return count === 0;
  });
}

const said = (ids: readonly string[], ...texts: string[]) => texts.map((text, at) => ({ id: ids[at], text }));

describe('an outbox in IndexedDB', () => {
  test('[OB-2, OB-3, OB-7] what was sent while the server was away outlives a reload, and arrives once, in order', async () => {
    const { site, heard } = await hearingSite();
    const tab = await stage.tab(site.url);
    site.away();
    await connect(tab);
    const ids = await send(tab, 'one', 'two');
    await tab.reload();
    site.returns();
    await connect(tab);
    await live(tab);
    await empty(tab);
    expect(heard).toEqual(said(ids, 'one', 'two'));
  });

  test('[OB-2, OB-3, OB-7] what was in flight at a reload is sent again with its id, before what is newer', async () => {
    const { site, heard, mute } = await hearingSite();
    const tab = await stage.tab(site.url);
    mute.is = true;
    await connect(tab);
    await live(tab);
    const ids = await send(tab, 'one', 'two');
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(2);
    await tab.reload();
    mute.is = false;
    await connect(tab);
    await live(tab);
    const [third] = await send(tab, 'three');
    await empty(tab);
    const again = said([...ids, third!], 'one', 'two', 'three');
    expect(heard).toEqual([...said(ids, 'one', 'two'), ...again]);
  });

  test('[OB-7] what the database holds is gone once it was acknowledged', async () => {
    const { site, heard } = await hearingSite();
    const tab = await stage.tab(site.url);
    await connect(tab);
    await live(tab);
    await send(tab, 'one', 'two');
    await empty(tab);
    await tab.reload();
    await connect(tab);
    await live(tab);
    const [id] = await send(tab, 'three');
    await empty(tab);
    expect(heard.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(heard.at(-1)?.id).toBe(id);
    expect(tab.errors).toEqual([]);
  });
});

describe('two tabs with one outbox', () => {
  test('[OB-7] each sends its own, and nothing is sent twice', async () => {
    const { site, heard } = await hearingSite();
    const profile = await stage.profile();
    const [one, other] = [await profile.tab(site.url), await profile.tab(site.url)];
    site.away();
    await connect(one);
    const ids = await send(one, 'a1', 'a2');
    // It finds what the first one has, and must leave it alone.
    await connect(other);
    ids.push(...(await send(other, 'b1', 'b2')));
    site.returns();
    await Promise.all([live(one), live(other)]);
    await empty(one);
    ids.push(...(await send(one, 'a3')), ...(await send(other, 'b3')));
    await empty(one);
    expect(heard.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(heard.filter(({ text }) => text.startsWith('a')).map(({ text }) => text)).toEqual([
      'a1',
      'a2',
      'a3',
    ]);
    expect(heard.filter(({ text }) => text.startsWith('b')).map(({ text }) => text)).toEqual([
      'b1',
      'b2',
      'b3',
    ]);
  });

  test.each([
    ['that was there before', true],
    ['that comes later', false],
  ])('[OB-7] what a closed one left is sent by the one %s, once', async (_, isThere) => {
    const { site, heard } = await hearingSite();
    const profile = await stage.profile();
    const one = await profile.tab(site.url);
    const other = await profile.tab(site.url);
    site.away();
    await connect(one);
    if (isThere) await connect(other);
    const ids = await send(one, 'one', 'two');
    await one.close();
    site.returns();
    if (!isThere) await connect(other);
    await live(other);
    await empty(other);
    expect(heard).toEqual(said(ids, 'one', 'two'));
  });

  test('[OB-7] a tab that crashes leaves its messages to the other', async () => {
    const { site, heard } = await hearingSite();
    const profile = await stage.profile();
    const one = await profile.tab(site.url);
    const other = await profile.tab(site.url);
    await Promise.all([connect(one), connect(other)]);
    await Promise.all([live(one), live(other)]);
    site.away();
    const ids = await send(one, 'one', 'two');
    await one.crash();
    site.returns();
    await live(other);
    await empty(other);
    expect(heard).toEqual(said(ids, 'one', 'two'));
  });

  test('[OB-7] a hidden tab keeps what is its own', async () => {
    const { site, heard } = await hearingSite();
    const profile = await stage.profile();
    const one = await profile.tab(site.url);
    const other = await profile.tab(site.url);
    site.away();
    await connect(one);
    const ids = await send(one, 'one', 'two');
    await one.hide();
    await connect(other);
    site.returns();
    await live(other);
    await one.show();
    await live(one);
    await empty(other);
    expect(heard).toEqual(said(ids, 'one', 'two'));
    expect(await one.evaluate(() => window.holdfast.lives['main']?.states())).toEqual([
      'acknowledged',
      'acknowledged',
    ]);
  });

  test.each([
    ['was there before', true],
    ['comes meanwhile', false],
  ])('[OB-7] what a page in the back/forward cache has is sent once, when another %s', async (_, isThere) => {
    const { site, heard } = await hearingSite();
    const profile = await stage.profile();
    const one = await profile.tab(site.url);
    const other = await profile.tab(site.url);
    await connect(one);
    await live(one);
    if (isThere) await connect(other);
    if (isThere) await live(other);
    site.away();
    const ids = await send(one, 'one', 'two');
    await one.leave();
    site.returns();
    if (!isThere) await connect(other);
    await live(other);
    // Chromium drops a page whose lock another asks for: it is back as a new one then, and the other has sent.
    await one.back().catch(() => {});
    await empty(other);
    expect(heard).toEqual(said(ids, 'one', 'two'));
  });
});
