// @ts-check
/** Finds a Chromium for the browser tests, or installs one where it may. Plain Node, as setup.mjs. */
import { posix, win32 } from 'node:path';
import { byApt, findProgram, onThePath, provideProgram, providesAsMain } from './program.mjs';

/** @typedef {import('./program.mjs').Machine} Machine */

export const howToGetChromium = `Install one (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium;
anywhere: npx playwright@1.65.1 install chromium), or set CHROMIUM_PATH to one that you have.`;

const playwright = 'npx --yes playwright@1.65.1 install chromium';

/** @type {import('./program.mjs').Program} */
const chromium = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  candidates: (machine) => [
    ...usualPlaces(machine),
    ...onThePath(machine.platform === 'win32' ? ['chrome.exe', 'chromium.exe'] : names, machine),
    ...ofPlaywright(machine),
  ],
  waysToInstall: (machine) => [...byApt('chromium', machine), [playwright]],
  howToGet: howToGetChromium,
};

/**
 * The path of a Chromium or Chrome. Throws when CHROMIUM_PATH leads nowhere.
 * @param {Machine} [machine]
 */
export function findChromium(machine) {
  return findProgram(chromium, machine);
}

/**
 * The same; when there is none, one is installed. Throws an error that says what was tried.
 * @param {Machine} [machine]
 */
export function provideChromium(machine) {
  return provideProgram(chromium, machine);
}

/** @param {Machine} machine */
function usualPlaces({ platform, env }) {
  if (platform === 'darwin') {
    return ['/Applications', `${env['HOME'] ?? ''}/Applications`].flatMap((folder) => [
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
      `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
    ]);
  }
  if (platform === 'win32') {
    return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
      const folder = env[name];
      return folder
        ? ['Chromium', 'Google\\Chrome'].map((app) => win32.join(folder, app, 'Application', 'chrome.exe'))
        : [];
    });
  }
  return [...names.map((name) => `/usr/bin/${name}`), '/snap/bin/chromium'];
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const insidePlaywright = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-linux-arm64/chrome',
  'chrome-win/chrome.exe',
  'chrome-win64/chrome.exe',
  ...['chrome-mac', 'chrome-mac-x64', 'chrome-mac-arm64'].flatMap((folder) => [
    `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    `${folder}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
  ]),
];

/** Playwright keeps each revision in a folder of its own; the newest first. @param {Machine} machine */
function ofPlaywright({ platform, env, list }) {
  const { join } = platform === 'win32' ? win32 : posix;
  const cache = {
    darwin: [env['HOME'], 'Library/Caches/ms-playwright'],
    win32: [env['LOCALAPPDATA'], 'ms-playwright'],
  }[platform] ?? [env['XDG_CACHE_HOME'] ?? `${env['HOME'] ?? ''}/.cache`, 'ms-playwright'];
  const base = env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(cache[0] ?? '', cache[1] ?? '');
  return list(base)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice('chromium-'.length)) - Number(a.slice('chromium-'.length)))
    .flatMap((name) => insidePlaywright.map((path) => join(base, name, path)));
}

providesAsMain(import.meta.url, chromium);
