// @ts-check
/** Finds a Redis server for the tests of several nodes, or installs one where it may. Plain Node, as setup.mjs. */
import { byApt, findProgram, onThePath, provideProgram, providesAsMain } from './program.mjs';

/** @typedef {import('./program.mjs').Machine} Machine */

export const howToGetRedis = `Install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis; Windows: in WSL),
6.2 or later, or set REDIS_SERVER_PATH to one that you have.`;

const names = ['redis-server', 'valkey-server'];
const brews = ['/opt/homebrew/bin/brew', '/usr/local/bin/brew'];

/** @type {import('./program.mjs').Program} */
const redis = {
  name: 'Redis server',
  variable: 'REDIS_SERVER_PATH',
  candidates: (machine) =>
    machine.platform === 'win32'
      ? onThePath(['redis-server.exe'], machine)
      : [
          ...['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].flatMap((folder) =>
            names.map((name) => `${folder}/${name}`),
          ),
          ...onThePath(names, machine),
        ],
  waysToInstall: (machine) => [
    ...byApt('redis-server', machine),
    ...(machine.platform === 'darwin' && brews.some(machine.exists) ? [['brew install redis']] : []),
  ],
  howToGet: howToGetRedis,
};

/**
 * The path of a Redis server, or of Valkey, its twin. Throws when REDIS_SERVER_PATH leads nowhere.
 * @param {Machine} [machine]
 */
export function findRedis(machine) {
  return findProgram(redis, machine);
}

/**
 * The same; when there is none, one is installed. Throws an error that says what was tried.
 * @param {Machine} [machine]
 */
export function provideRedis(machine) {
  return provideProgram(redis, machine);
}

providesAsMain(import.meta.url, redis);
