// @ts-check
/** Finds an nginx for the tests of the doctor, or installs one where it may. Plain Node, as setup.mjs. */
import { byApt, findProgram, onThePath, provideProgram, providesAsMain } from './program.mjs';

/** @typedef {import('./program.mjs').Machine} Machine */

export const howToGetNginx = `Install one (Debian, Ubuntu: apt-get install nginx; macOS: brew install nginx),
or set NGINX_PATH to one that you have.`;

const brews = ['/opt/homebrew/bin/brew', '/usr/local/bin/brew'];

/** @type {import('./program.mjs').Program} */
const nginx = {
  name: 'nginx',
  variable: 'NGINX_PATH',
  versionFlag: '-v',
  candidates: (machine) =>
    machine.platform === 'win32'
      ? onThePath(['nginx.exe'], machine)
      : [
          // Not on the path of everybody, where Debian puts it.
          ...['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map(
            (folder) => `${folder}/nginx`,
          ),
          ...onThePath(['nginx'], machine),
        ],
  waysToInstall: (machine) => [
    ...byApt('nginx', machine),
    ...(machine.platform === 'darwin' && brews.some(machine.exists) ? [['brew install nginx']] : []),
  ],
  howToGet: howToGetNginx,
};

/**
 * The path of an nginx. Throws when NGINX_PATH leads nowhere.
 * @param {Machine} [machine]
 */
export function findNginx(machine) {
  return findProgram(nginx, machine);
}

/**
 * The same; when there is none, one is installed. Throws an error that says what was tried.
 * @param {Machine} [machine]
 */
export function provideNginx(machine) {
  return provideProgram(nginx, machine);
}

providesAsMain(import.meta.url, nginx);
