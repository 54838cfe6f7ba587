import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject, onTestFinished } from 'vitest';
import { root } from '../../../tools/paths.ts';
import { collected } from '../collected.ts';
import { npm } from './npm.ts';
import { environment, type Ran, run } from './run.ts';

/** An app in a folder of its own, outside of the repository, with the packed package installed. */
export class App {
  readonly folder: string;
  /** What the package manager said. */
  readonly installed: Ran;

  constructor(folder: string, installed: Ran) {
    this.folder = folder;
    this.installed = installed;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Runs a script of the app in Node, or Node with any other arguments. */
  node(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return run(process.execPath, args, { cwd: this.folder, env });
  }

  /** Runs a command of one of its packages, as its scripts do. */
  bin(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    const isWindows = process.platform === 'win32';
    return run(this.path('node_modules/.bin', command), args, { cwd: this.folder, env, shell: isWindows });
  }

  /** Starts a script that says its address once it listens. Ends with the test. */
  async serve(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const child = spawn(process.execPath, args, { cwd: this.folder, env: { ...environment(), ...env } });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = collected(child.stdout);
    const complained = collected(child.stderr);
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said()}${complained()}`)));
      child.stdout.on('data', () => {
        const [url] = /http:\/\/\S+(?=\n)/.exec(said()) ?? [];
        if (url !== undefined) resolve(url);
      });
    });
  }
}

type Package = 'holdfast' | 'bridge';

/** Puts packed packages into an app that has its own ones in a package.json. */
export type Installer = (folder: string, tarballs: readonly string[]) => Promise<Ran>;

/** As people do. */
const withNpm: Installer = (folder, tarballs) =>
  npm(['install', '--no-audit', '--no-fund', '--strict-peer-deps', ...tarballs], { cwd: folder });

interface AppOptions {
  readonly packages?: readonly Package[];
  readonly install?: Installer;
}

/** A fresh copy of `test/consumers/<name>`, with what is in `shared` beside it. It goes with the test. */
export async function freshApp(name: string, options: AppOptions = {}): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  onTestFinished(() => remove(folder));
  return fill(folder, name, options);
}

/** The same app for all tests of a file, at whose top it is to be called. It is made when the first one asks for it. */
export function sharedApp(name: string, options: AppOptions = {}): () => Promise<App> {
  let folder = '';
  let app: Promise<App> | undefined;
  afterAll(() => remove(folder));
  return () => {
    folder ||= mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
    app ??= fill(folder, name, options);
    return app;
  };
}

async function fill(
  folder: string,
  name: string,
  { packages = ['holdfast'], install = withNpm }: AppOptions,
): Promise<App> {
  const packed = inject('packed');
  if ('error' in packed) throw new Error(`the package could not be packed: ${packed.error}`);
  for (const part of ['shared', name])
    cpSync(join(root, 'test/consumers', part), folder, { recursive: true });
  const tarballs = packages.map((one) => packed[one].path);
  return new App(folder, await install(folder, tarballs));
}

function remove(folder: string): void {
  if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
