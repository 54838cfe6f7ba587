// @ts-check
/** Installs what package-lock.json asks for, when node_modules holds something else. Plain Node: it runs first. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} Entry */

/**
 * Brings `root` up to its lock file; throws an error that says what to do.
 * @param {string} root
 */
export function setup(root, run = npmCi) {
  assertNode(process.versions.node, readJson(join(root, 'package.json'))?.engines?.node ?? '*');
  if (isInstalled(root)) return 'ready';
  return alone(join(root, '.setup.lock'), () => {
    // Another run may have installed everything while this one waited.
    if (isInstalled(root)) return 'ready';
    console.log('Installing dependencies (npm ci) ...');
    run(root);
    return 'installed';
  });
}

/**
 * npm writes node_modules/.package-lock.json last, so it is there only after a complete install.
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([path, entry]) => path === '' || sameEntry(entry, found[path]));
}

/** @param {string} version @param {string} range alternatives of `^a.b.c`, `>=a.b.c` or `*` joined by `||` */
export function satisfies(version, range) {
  return range.split('||').some((part) => {
    const alternative = part.trim();
    if (alternative === '*') return true;
    const sameMajor = !alternative.startsWith('^') || major(version) === major(alternative.slice(1));
    return sameMajor && compare(version, alternative.replace(/^(\^|>=)\s*/, '')) >= 0;
  });
}

/** @param {string} version @param {string} range */
export function assertNode(version, range) {
  if (satisfies(version, range)) return;
  throw new Error(`Node ${version} is too old or untested; holdfast needs ${range}.
Install a current Node (https://nodejs.org, or \`nvm install 22\`) and run the command again.`);
}

/** @param {Entry} wanted @param {Entry | undefined} found */
function sameEntry(wanted, found) {
  // Binaries of other platforms stay out of node_modules.
  if (!found) return Boolean(wanted.optional || wanted.devOptional);
  return wanted.version === found.version && wanted.integrity === found.integrity;
}

/** @param {string} root */
function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env['npm_execpath'];
  const { status, error } = cli?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status === 0) return;
  throw new Error(`npm ci failed (${error ? error.message : `exit code ${status}`}); its own words are above.
- No network or another registry: see \`npm config get registry\`, \`npm ping\`.
- package.json and package-lock.json disagree: run \`npm install\` and commit the lock.
- Leftovers of a broken install: remove node_modules and run the command again.`);
}

/**
 * Runs `work` while no other process does; a lock whose owner is gone is taken over.
 * @template T
 * @param {string} lock @param {() => T} work
 */
function alone(lock, work) {
  while (!take(lock)) {
    if (!ownerLives(lock)) rmSync(lock, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} lock */
function ownerLives(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    // Empty for the instant between creating the file and writing the id: its owner is alive.
    return owner === 0 || process.kill(owner, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} version */
function major(version) {
  return Number(version.split('.')[0]);
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    setup(dirname(dirname(fileURLToPath(import.meta.url))));
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
