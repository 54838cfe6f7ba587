import { describe, expect, test } from 'vitest';
import { DemoPage, useDemo } from '../support/browser/demo-page.ts';
import { clippedTexts, poorContrasts } from '../support/browser/looks.ts';
import { useChromium } from '../support/browser/stage.ts';
import { startUnbuiltDemo } from '../support/demo.ts';

const stage = useChromium();
const demo = useDemo(stage);
const { open } = demo;

describe('the chat', () => {
  test('[MS-1, OB-1] two users in two tabs talk to each other, and each message says where it stands', async () => {
    const profile = stage.profile();
    const alice = await open('alice', 'harbour', profile);
    const bob = await open('bob', 'harbour', profile);
    await alice.say('Is anybody here?');
    await alice.shows('Is anybody here?', 'acknowledged');
    await bob.shows('Is anybody here?', null);
    await bob.say('I am.');
    await alice.shows('I am.', null);
    expect(await alice.lines('I am.')).toMatchObject([{ from: 'bob' }]);
    // Who comes later finds what was said.
    const late = await open('bob', 'harbour');
    await late.shows('Is anybody here?', null);
    await late.shows('I am.', 'acknowledged');
    for (const page of [alice, bob, late]) page.expectCleanConsole();
  });

  test('[ID-1] somebody else on the same page: another user, and nothing left of the first', async () => {
    const page = await open('alice');
    await page.say('Only Alice says this');
    await page.shows('Only Alice says this', 'acknowledged');
    await page.press('[data-user="bob"]');
    await page.reaches('connected.live');
    await page.tab.until(() => location.search === '?user=bob&room=lobby');
    await page.shows('Only Alice says this', null);
    await page.say('Bob speaking');
    expect(await page.lines('Bob speaking')).toMatchObject([{ from: 'bob' }]);
    const link = await page.tab.evaluate(() => document.querySelector<HTMLAnchorElement>('.link')?.href);
    expect(link).toBe(`${demo.url}?user=alice&room=lobby`);
    page.expectCleanConsole();
  });

  test('[RM-1, RM-2] rooms: in, out, and refused with the reason', async () => {
    const page = await open('bob');
    const membership = () =>
      page.tab.evaluate(() => document.querySelector<HTMLElement>('.membership')?.innerText.trim());
    await expect.poll(membership).toBe('you are in');
    await page.press('[data-act="leave"]');
    await expect.poll(membership).toBe('you are out');
    await page.say('From outside');
    await page.shows('From outside', 'refused');
    expect((await page.lines('From outside'))[0]?.mark).toContain('bob is not in lobby');
    await page.press('[data-act="join"]');
    await expect.poll(membership).toBe('you are in');
    await page.press('[data-room="bridge"]');
    await expect.poll(membership).toBe('refused: bridge is not for bob');
    await page.press('[data-room="harbour"]');
    await expect.poll(membership).toBe('you are in');
    page.expectCleanConsole();
  });

  test('[OB-7, OB-2] what waits survives a reload, while the server is dead', async () => {
    const page = await open('alice');
    await page.suffers('kill', 'open');
    await page.reaches('reconnecting.waiting');
    await page.say('Written before the reload');
    await page.shows('Written before the reload', 'queued');
    // Written to the store it is a little later, and the page says so.
    await page.tab.until(() => document.querySelector('.mark[data-kept]') !== null);
    await page.tab.reload();
    await page.tab.until(() => document.querySelector('.waiting[data-waiting="1"]') !== null);
    await page.suffers('restart', 'well');
    await page.reaches('connected.live');
    await page.shows('Written before the reload', 'acknowledged');
    await page.tab.until(() => document.querySelector('.waiting[data-waiting="0"]') !== null);
    page.expectCleanConsole({ isServerDown: true });
  });
});

test('it runs unbuilt as well, as those who work on it see it', async () => {
  const unbuilt = await startUnbuiltDemo();
  try {
    const page = new DemoPage(await stage.tab(unbuilt.url));
    await page.reaches('connected.live');
    await page.suffers('expire', 'well');
    expect(page.tab.console.filter((said) => !said.startsWith('debug: [vite] connect'))).toEqual([]);
    expect(page.tab.errors).toEqual([]);
  } finally {
    await unbuilt.interrupt();
  }
});

test('[LC-2, LC-4, CR-8, ID-2] what the app calls: every button', async () => {
  const page = await open('alice');
  const names = await page.tab.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-call]')].map(({ dataset }) => dataset['call']),
  );
  expect(names).toEqual(['connect', 'disconnect', 'retry', 'signOut', 'signIn']);
  const call = (name: string) => page.press(`[data-call="${name}"]`);
  await page.say('Said before');
  await page.shows('Said before', 'acknowledged');
  // Where there is nothing to do, nothing moves.
  for (const name of ['connect', 'retry', 'signIn']) await call(name);
  await page.charts('connected.live');

  await call('disconnect');
  await page.reaches('idle');
  await expect.poll(() => page.banner()).toMatchObject({ polite: 'Not connected', action: 'Connect' });
  await page.press('.banner-act');
  await page.reaches('connected.live');
  await call('disconnect');
  await page.reaches('idle');
  await call('signIn');
  await page.reaches('connected.live');
  await page.shows('Said before', 'acknowledged');

  await page.suffers('supersede', 'resting');
  await call('retry');
  await page.reaches('connected.live');

  await call('signOut');
  await page.reaches('idle');
  await expect.poll(() => page.banner()).toMatchObject({ polite: 'Signed out', action: 'Sign in again' });
  await page.say('Said by nobody');
  await page.shows('Said by nobody', 'refused');
  // Nobody is signed in, so there is nobody to connect.
  await call('connect');
  await page.reaches('auth-failed');
  await call('signIn');
  await page.reaches('connected.live');
  await page.say('Back again');
  await page.shows('Back again', 'acknowledged');
  page.expectCleanConsole({ isCalledOff: true });
});

test('all of it goes by keyboard: say something, press a fault, read what happened', async () => {
  const page = await open('alice');
  const seen = new Set<string>();
  /** Goes on with Tab until this has the focus; each stop on the way is to be seen. */
  async function tabTo(selector: string): Promise<void> {
    for (let presses = 0; presses < 60; presses++) {
      await page.key('Tab');
      const [isThere, name, outline] = await page.tab.evaluate((wanted) => {
        const focus = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(focus);
        return [focus.matches(wanted), focus.outerHTML.slice(0, 80), `${outlineStyle} ${outlineWidth}`];
      }, selector);
      expect(outline, String(name)).toBe('solid 2px');
      seen.add(String(name));
      if (isThere) return;
    }
    throw new Error(`${selector} is out of reach: ${[...seen].join('\n')}`);
  }
  await tabTo('#text');
  await page.tab.send('Input.insertText', { text: 'With ten fingers' });
  await page.key('Enter');
  await page.shows('With ten fingers', 'acknowledged');
  await tabTo('.story');
  await tabTo('[data-fault="forbid"]');
  await page.key('Enter');
  await page.reaches('auth-failed');
  await page.ends('resting');
  // The new button of the banner comes first on the page: from the top, it is a few steps.
  await page.tab.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.press('.brand');
  await tabTo('.banner-act');
  await page.key('Enter');
  await page.reaches('connected.live');
  page.expectCleanConsole();
});

describe.each([
  ['a phone', 360, 740],
  ['a desktop', 1440, 900],
] as const)('on %s', (_, width, height) => {
  test.each(['light', 'dark'])('%s: nothing moves, is cut off, or too faint', async (scheme) => {
    const page = await open('alice');
    await page.tab.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.tab.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    const places = () =>
      page.tab.evaluate(() => {
        scrollTo(0, 0);
        const tops = ['.banner', '.columns', '.chat-card', '.faults-card', '.chart-card', '.faults-list'];
        const { scrollWidth, clientWidth } = document.documentElement;
        const boxes = tops.map((selector) => {
          const { x, y } = document.querySelector(selector)?.getBoundingClientRect() ?? { x: NaN, y: NaN };
          return `${selector} ${x} ${y}`;
        });
        return { boxes, isTooWide: scrollWidth > clientWidth };
      });
    const before = await places();
    expect(before.isTooWide).toBe(false);

    async function looksWell(): Promise<void> {
      expect(await places()).toEqual(before);
      expect(
        await page.tab.evaluate(clippedTexts, '.banner, .banner-words, .banner-act, .raw, .fault, .call'),
      ).toEqual([]);
      expect(await page.tab.evaluate(poorContrasts)).toEqual([]);
    }
    await page.suffers('refuse-message', 'well');
    await page.suffers('lose-answer', 'well');
    await looksWell();
    await page.suffers('supersede', 'resting');
    await looksWell();
    await page.press('.banner-act');
    await page.reaches('connected.live');
    await page.suffers('forbid', 'resting');
    await looksWell();
    await page.press('.banner-act');
    await page.reaches('connected.live');
    await page.suffers('offline', 'open');
    await page.reaches('reconnecting.offline');
    await page.say('Written offline');
    await expect.poll(() => page.banner()).toMatchObject({ tone: 'trouble' });
    await looksWell();
    await page.suffers('online', 'well');
    await page.suffers('kill', 'open');
    await expect
      .poll(() => page.banner(), { timeout: 20_000 })
      .toMatchObject({ countdown: expect.stringMatching(/^in \d s$/) });
    await looksWell();
    await page.suffers('restart', 'well');
    page.expectCleanConsole({ isServerDown: true });
  });
});

test('who wants no motion gets none', async () => {
  const page = await open('alice');
  const moving = () =>
    page.tab.evaluate(() => {
      const lamp = document.querySelector('.lamp');
      return lamp === null ? '' : getComputedStyle(lamp).animationName;
    });
  await page.suffers('offline', 'open');
  await expect.poll(moving).toBe('breathe');
  await page.tab.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-reduced-motion', value: 'reduce' }],
  });
  expect(await moving()).toBe('none');
});
