// @ts-check
/** Finds a program that tests need, or installs it where that may be. Plain Node, as setup.mjs. */
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
 * @property {(path: string, flag?: string) => boolean} works Whether the program starts, asked for its version: Ubuntu has one that only says to install another.
 * @property {(command: string) => boolean} run Whether it succeeded. Its output is shown.
 */

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} variable The environment's own word for where it is.
 * @property {string} [versionFlag] How it is asked for its version. Default `--version`.
 * @property {(machine: Machine) => string[]} candidates Paths, the best first.
 * @property {(machine: Machine) => string[][]} waysToInstall The commands of each.
 * @property {string} howToGet
 */

/**
 * Its path. Throws when the environment names one that is not there.
 * @param {Program} program
 * @param {Machine} machine
 * @returns {string | undefined}
 */
export function findProgram({ variable, candidates, versionFlag }, machine = thisMachine) {
  const asked = machine.env[variable];
  if (asked) {
    if (machine.exists(asked)) return asked;
    throw new Error(
      `${variable} is ${asked}, and nothing is there. Correct it, or unset it to have one looked for.`,
    );
  }
  return candidates(machine).find((path) => machine.exists(path) && machine.works(path, versionFlag));
}

/**
 * The same; when there is none, one is installed. Throws an error that says what was tried.
 * @param {Program} program
 * @param {Machine} machine
 * @returns {string}
 */
export function provideProgram(program, machine = thisMachine) {
  const found = findProgram(program, machine);
  if (found) return found;
  const tried = [];
  for (const attempt of program.waysToInstall(machine)) {
    const succeeded = attempt.every((command) => machine.run(command));
    const installed = succeeded ? findProgram(program, machine) : undefined;
    if (installed) return installed;
    tried.push(`- ${attempt.join(' && ')}: ${succeeded ? 'left none that starts' : 'failed'}`);
  }
  const told = tried.length > 0 ? `Tried:\n${tried.join('\n')}` : 'No way to do so is known here.';
  throw new Error(`There is no ${program.name}, and none could be installed. ${told}\n${program.howToGet}`);
}

/**
 * Prints the path of the program, when `url` is that of the file which was started.
 * @param {string} url
 * @param {Program} program
 */
export function providesAsMain(url, program) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  try {
    console.log(provideProgram(program));
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/**
 * By apt-get, with new lists only when the old ones do not serve.
 * @param {string} name of the package
 * @param {Machine} machine
 * @returns {string[][]}
 */
export function byApt(name, { platform, isRoot, exists }) {
  const apt = `apt-get install -y --no-install-recommends ${name}`;
  const mayApt = platform === 'linux' && isRoot && exists('/usr/bin/apt-get');
  return mayApt ? [[apt], ['apt-get update', apt]] : [];
}

/**
 * @param {string[]} programs
 * @param {Machine} machine
 */
export function onThePath(programs, { platform, env }) {
  const { delimiter, join } = platform === 'win32' ? win32 : posix;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
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
  works(path, flag = '--version') {
    // On Windows a window would open.
    if (process.platform === 'win32') return true;
    return spawnSync(path, [flag], { stdio: 'ignore', timeout: 20_000 }).status === 0;
  },
  run(command) {
    console.log(`Installing: ${command}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, { shell: true, stdio: 'inherit', env }).status === 0;
  },
};
