// @ts-check
/** Finds a Chromium for the browser tests, or installs one where it may. Plain Node, as setup.mjs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What is used of the machine; tests bring their own.
 * @typedef {object} Machine
 * @property {string} platform
 * @property {boolean} isRoot
 * @property {Record<string, string | undefined>} env
 * @property {(path: string) => boolean} exists
 * @property {(path: string) => string[]} list Names in a folder; none when it is not there.
 * @property {(path: string) => boolean} works Whether the program starts: Ubuntu has one that only says to install another.
 * @property {(command: string) => boolean} run Whether it succeeded. Its output is shown.
 */

export const howToGetChromium = `Install one (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium;
anywhere: npx playwright@1.65.1 install chromium), or set CHROMIUM_PATH to one that you have.`;

const playwright = 'npx --yes playwright@1.65.1 install chromium';
const apt = 'apt-get install -y --no-install-recommends chromium';

/**
 * The path of a Chromium or Chrome. Throws when CHROMIUM_PATH leads nowhere.
 * @param {Machine} machine
 * @returns {string | undefined}
 */
export function findChromium(machine = thisMachine) {
  const asked = machine.env['CHROMIUM_PATH'];
  if (asked) {
    if (machine.exists(asked)) return asked;
    throw new Error(
      `CHROMIUM_PATH is ${asked}, and nothing is there. Correct it, or unset it to have one looked for.`,
    );
  }
  return candidates(machine).find((path) => machine.exists(path) && machine.works(path));
}

/**
 * The same; when there is none, one is installed. Throws an error that says what was tried.
 * @param {Machine} machine
 * @returns {string}
 */
export function provideChromium(machine = thisMachine) {
  const found = findChromium(machine);
  if (found) return found;
  const tried = [];
  for (const attempt of waysToInstall(machine)) {
    const succeeded = attempt.every((command) => machine.run(command));
    const installed = succeeded ? findChromium(machine) : undefined;
    if (installed) return installed;
    tried.push(`- ${attempt.join(' && ')}: ${succeeded ? 'left none that starts' : 'failed'}`);
  }
  throw new Error(
    `There is no Chromium, and none could be installed. Tried:\n${tried.join('\n')}\n${howToGetChromium}`,
  );
}

/** @param {Machine} machine */
function waysToInstall({ platform, isRoot, exists }) {
  const mayApt = platform === 'linux' && isRoot && exists('/usr/bin/apt-get');
  return [...(mayApt ? [[apt], ['apt-get update', apt]] : []), [playwright]];
}

/** @param {Machine} machine */
function candidates(machine) {
  return [...usualPlaces(machine), ...onThePath(machine), ...ofPlaywright(machine)];
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

/** @param {Machine} machine */
function onThePath({ platform, env }) {
  const { delimiter, join } = platform === 'win32' ? win32 : posix;
  const programs = platform === 'win32' ? ['chrome.exe', 'chromium.exe'] : names;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
}

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

/** @type {Machine} */
const thisMachine = {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  env: process.env,
  exists: existsSync,
  list(path) {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
  works(path) {
    // On Windows a window would open.
    if (process.platform === 'win32') return true;
    return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
  },
  run(command) {
    console.log(`Installing Chromium: ${command}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, { shell: true, stdio: 'inherit', env }).status === 0;
  },
};

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(provideChromium());
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
