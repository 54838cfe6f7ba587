/** `npm run screenshots`: the pictures in README and docs, taken of the running demo in a real Chromium. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chromium, type Profile } from '../test/support/browser/chromium.ts';
import type { Tab } from '../test/support/browser/tab.ts';
import { startDemo } from '../test/support/demo.ts';
import { provideChromium } from './chromium.mjs';
import { isMain, root } from './paths.ts';

const folder = join(root, 'docs/images');

interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

async function take(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const demo = await startDemo('--port', '0');
  const chromium = await Chromium.start(provideChromium());
  try {
    await tellTheStory(await chromium.profile(), demo.url);
  } finally {
    await chromium.close();
    await demo.interrupt();
  }
}

/** Two users talk; the server dies and comes back. Pictures are taken on the way. */
async function tellTheStory(profile: Profile, url: string): Promise<void> {
  const alice = await enter(profile, `${url}?user=alice&room=lobby`);
  const bob = await enter(profile, `${url}?user=bob&room=lobby`);
  await say(bob, 'Morning! Is the deploy through?');
  await say(alice, 'In a minute. Watch what the page does when I kill the server.');
  await say(bob, 'It will be back before anybody notices.');
  await look(alice, { ...desktop, scheme: 'light' });
  await shoot(alice, 'demo-connected');

  await press(alice, 'kill');
  await until(alice, `document.querySelector('.raw')?.dataset.phase === 'waiting'`);
  await say(alice, 'I can go on writing meanwhile.');
  await until(alice, `document.querySelector('.countdown')?.textContent !== ''`);
  await look(alice, { ...desktop, scheme: 'dark' });
  await shoot(alice, 'demo-reconnecting');
  await shoot(alice, 'inspector', '.chart');
  await look(alice, { ...phone, scheme: 'light' });
  await shoot(alice, 'demo-phone');
}

async function enter(profile: Profile, url: string): Promise<Tab> {
  const tab = await profile.tab(url);
  await until(tab, `document.querySelector('.raw')?.dataset.phase === 'live'`);
  return tab;
}

async function say(tab: Tab, text: string): Promise<void> {
  await tab.send('Runtime.evaluate', { expression: `document.querySelector('#text').focus()` });
  await tab.send('Input.insertText', { text });
  const enterKey = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
  await tab.send('Input.dispatchKeyEvent', { type: 'keyDown', text: '\r', ...enterKey });
  await tab.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enterKey });
  await until(tab, `document.body.innerText.includes(${JSON.stringify(text)})`);
}

async function press(tab: Tab, fault: string): Promise<void> {
  await tab.send('Runtime.evaluate', {
    expression: `document.querySelector('[data-fault="${fault}"]').click()`,
  });
}

/** An expression, not a function: what runs the tools puts helpers into functions that the page does not have. */
async function until(tab: Tab, expression: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    const { result } = await tab.send('Runtime.evaluate', { expression, returnByValue: true });
    if (result.value === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never true: ${expression}`);
}

async function look(tab: Tab, { width, height, scheme }: Look): Promise<void> {
  await tab.send('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await tab.send('Emulation.setEmulatedMedia', {
    features: [
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ],
  });
  await tab.send('Runtime.evaluate', {
    expression:
      'scrollTo(0, 0); new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
    awaitPromise: true,
  });
}

/** Of the whole window, or of the first element that fits. */
async function shoot(tab: Tab, name: string, selector?: string): Promise<void> {
  const clip = selector === undefined ? {} : { clip: await boxOf(tab, selector) };
  const { data } = await tab.send('Page.captureScreenshot', { format: 'png', ...clip });
  writeFileSync(join(folder, `${name}.png`), Buffer.from(data, 'base64'));
  console.log(`docs/images/${name}.png`);
}

async function boxOf(tab: Tab, selector: string) {
  const { result } = await tab.send('Runtime.evaluate', {
    expression: `(({ x, y, width, height }) => ({ x, y, width, height, scale: 1 }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
    returnByValue: true,
  });
  return result.value;
}

if (isMain(import.meta.url)) await take();
