import { describe, expect, test, vi } from 'vitest';
import { findChromium, provideChromium } from '../../tools/chromium.mjs';
import { machine } from './machine.ts';

const apt = 'apt-get install -y --no-install-recommends chromium';
const playwright = 'npx --yes playwright@1.65.1 install chromium';

describe('a Chromium is found', () => {
  test('where CHROMIUM_PATH says, before any other', () => {
    const env = { CHROMIUM_PATH: '/my/chrome' };
    expect(findChromium(machine(['/my/chrome', '/usr/bin/chromium'], { env }))).toBe('/my/chrome');
  });

  test('but not past a CHROMIUM_PATH that leads nowhere: the error names it', () => {
    const env = { CHROMIUM_PATH: '/my/chrome' };
    expect(() => findChromium(machine(['/usr/bin/chromium'], { env }))).toThrow(
      /CHROMIUM_PATH is \/my\/chrome/,
    );
  });

  test.each([
    ['linux', '/usr/bin/google-chrome-stable'],
    ['linux', '/snap/bin/chromium'],
    ['linux', '/opt/bin/chromium'],
    ['linux', '/home/me/.cache/ms-playwright/chromium-1200/chrome-linux64/chrome'],
    ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    [
      'darwin',
      '/home/me/Library/Caches/ms-playwright/chromium-1200/chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    ],
  ])('on %s at %s', (platform, path) => {
    expect(findChromium(machine([path], { platform }))).toBe(path);
  });

  test.each([
    'C:\\Programs\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Local\\ms-playwright\\chromium-1200\\chrome-win\\chrome.exe',
    'D:\\tools\\chrome.exe',
  ])('on Windows at %s', (path) => {
    const env = { PROGRAMFILES: 'C:\\Programs', LOCALAPPDATA: 'C:\\Local', Path: 'C:\\bin;D:\\tools' };
    expect(findChromium(machine([path], { platform: 'win32', env }))).toBe(path);
  });

  test('the newest of those that Playwright has', () => {
    const at = (revision: number) => `/cache/chromium-${revision}/chrome-linux/chrome`;
    const env = { PLAYWRIGHT_BROWSERS_PATH: '/cache' };
    expect(findChromium(machine([at(999), at(1200), at(1100)], { env }))).toBe(at(1200));
  });

  test('unless it does not start', () => {
    const works = (path: string) => path !== '/usr/bin/chromium-browser';
    expect(findChromium(machine(['/usr/bin/chromium-browser', '/opt/bin/chromium'], { works }))).toBe(
      '/opt/bin/chromium',
    );
    expect(findChromium(machine(['/usr/bin/chromium-browser'], { works }))).toBeUndefined();
  });
});

describe('a Chromium that is missing is installed', () => {
  test('not at all when there is one', () => {
    const here = machine(['/usr/bin/chromium']);
    expect(provideChromium(here)).toBe('/usr/bin/chromium');
    expect(here.run).not.toHaveBeenCalled();
  });

  test('by apt-get for root, with new lists only when the old ones do not serve', () => {
    const installs = { [apt]: '/usr/bin/chromium' };
    const here = machine(['/usr/bin/apt-get'], { installs });
    expect(provideChromium(here)).toBe('/usr/bin/chromium');
    expect(here.run.mock.calls).toEqual([[apt]]);

    const stale = machine(['/usr/bin/apt-get']);
    let isFresh = false;
    const run = vi.fn((command: string) => {
      isFresh ||= command === 'apt-get update';
      return isFresh;
    });
    const exists = (path: string) => stale.exists(path) || (isFresh && path === '/usr/bin/chromium');
    expect(provideChromium({ ...stale, run, exists })).toBe('/usr/bin/chromium');
    expect(run.mock.calls).toEqual([[apt], ['apt-get update'], [apt]]);
  });

  test('by Playwright for everybody else', () => {
    const path = '/home/me/.cache/ms-playwright/chromium-1200/chrome-linux/chrome';
    const here = machine(['/usr/bin/apt-get'], { isRoot: false, installs: { [playwright]: path } });
    expect(provideChromium(here)).toBe(path);
    expect(here.run.mock.calls).toEqual([[playwright]]);
  });

  test('or an error says what was tried and what to do', () => {
    expect(() => provideChromium(machine(['/usr/bin/apt-get']))).toThrow(
      /none could be installed[\s\S]*apt-get install[\s\S]*playwright[\s\S]*CHROMIUM_PATH/,
    );
  });

  test('or an error says that what was installed does not start', () => {
    const installs = { [playwright]: '/usr/bin/chromium' };
    const here = machine([], { installs, works: () => false });
    expect(() => provideChromium(here)).toThrow(`${playwright}: left none that starts`);
  });

  test('never instead of what CHROMIUM_PATH names', () => {
    const here = machine(['/usr/bin/apt-get'], { env: { CHROMIUM_PATH: '/my/chrome' } });
    expect(() => provideChromium(here)).toThrow('/my/chrome');
    expect(here.run).not.toHaveBeenCalled();
  });
});
