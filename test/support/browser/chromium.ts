import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevTools, patience } from './devtools.ts';
import { Tab } from './tab.ts';

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--remote-debugging-port=0',
  // Nobody speaks through it. Chromium ends when the other end of this pipe does, however the tests ended.
  '--remote-debugging-pipe',
];

export interface ChromiumOptions {
  /**
   * Whether a page with an open WebSocket may lie in the back/forward cache, as newer versions have it; its
   * sockets end when it comes back. In Chromium 150 it ends those of a frozen page as well. Default false: such a
   * page is loaded anew, and a frozen one keeps its sockets.
   */
  readonly cachesOpenSockets?: boolean;
}

/** A headless Chromium with a profile of its own in a temporary folder. */
export class Chromium {
  static async start(path: string, { cachesOpenSockets = false }: ChromiumOptions = {}): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
    // Said either way: versions differ in what they do by default.
    const feature = `--${cachesOpenSockets ? 'enable' : 'disable'}-features=DisconnectWebSocketOnBFCache`;
    const child = spawn(path, [...flags, feature, `--user-data-dir=${folder}`, 'about:blank'], {
      // A group of its own, so that all of its processes can be ended together.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    try {
      return new Chromium(child, folder, await DevTools.connect(await addressOf(child, path)));
    } catch (error) {
      await end(child, folder);
      throw error;
    }
  }

  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #devtools: DevTools;

  private constructor(child: ChildProcess, folder: string, devtools: DevTools) {
    this.#child = child;
    this.#folder = folder;
    this.#devtools = devtools;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tabs that share cookies, IndexedDB and Web Locks with each other, and nothing with other profiles. */
  async profile(): Promise<Profile> {
    const { browserContextId } = await this.#devtools.send('Target.createBrowserContext');
    return new Profile(this.#devtools, browserContextId);
  }

  async close(): Promise<void> {
    this.#devtools.close();
    await end(this.#child, this.#folder);
  }
}

export class Profile {
  readonly #devtools: DevTools;
  readonly #id: string;

  constructor(devtools: DevTools, id: string) {
    this.#devtools = devtools;
    this.#id = id;
  }

  /** A visible tab that has loaded the address, in a window of its own: it does not hide the others. */
  async tab(url: string): Promise<Tab> {
    const tab = await Tab.create(this.#devtools, this.#id);
    await tab.open(url);
    return tab;
  }

  /** Closes its tabs and forgets everything. */
  async close(): Promise<void> {
    await this.#devtools.send('Target.disposeBrowserContext', { browserContextId: this.#id });
  }
}

/** It says on stderr where it listens, among much else. */
function addressOf(child: ChildProcess, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (what: string) => reject(new Error(`${path} ${what}. It said:\n${said.slice(-2_000)}`));
    const late = setTimeout(() => fail(`told no DevTools address within ${patience} ms`), patience);
    child.once('error', ({ message }) => fail(`could not be started: ${message}`));
    child.once('exit', (code, signal) => fail(`ended at once (${signal ?? code})`));
    child.stderr?.on('data', (chunk) => {
      // Read to the end, or a full pipe would stop it; kept only as long as it is looked at.
      if (said.includes(' ws://')) return;
      said += chunk;
      const [, url] = /DevTools listening on (ws:\/\/\S+)\n/.exec(said) ?? [];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
    child.once('close', () => clearTimeout(late));
  });
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    killGroup(child.pid);
    await exit;
  }
  // Its children let go of the files a little later.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function killGroup(pid: number): void {
  if (process.platform === 'win32') {
    process.kill(pid, 'SIGKILL');
    return;
  }
  process.kill(-pid, 'SIGKILL');
}
