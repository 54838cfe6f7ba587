import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectionMachine } from '../../machines/connection.ts';
import { nodesOf } from '../../src/inspect/chart/transitions.ts';
import { useChromium } from '../support/browser/stage.ts';
import { type App, sharedApp } from '../support/consumers/app.ts';

const stage = useChromium();
/** With the three packages beside it that every client needs, and the bundlers. */
const app = sharedApp('bundlers');
const server = sharedApp('whole');

type Mode = 'production' | 'development';

/** Builds a page of the app into a folder of it, where it is served from. Gives what the bundler complained of. */
type Bundler = (app: App, page: string, mode: Mode, into: string) => Promise<readonly string[]>;

const bundlers: Record<string, Bundler> = {
  async Vite(app, page, mode, into) {
    const args = ['build', '--mode', mode, '--outDir', into, '--logLevel', 'warn'];
    const { stdout, stderr } = await app.bin('vite', args, { PAGE: `${page}.html`, NODE_ENV: mode });
    return [stdout, stderr].filter((said) => said !== '');
  },
  async webpack(app, page, mode, into) {
    const files = ['--entry', `./${page}.js`, '--output-filename', `${page}.js`, '--output-path', into];
    const { stdout } = await app.bin('webpack', [
      'build',
      ...files,
      '--mode',
      mode,
      '--no-devtool',
      '--json',
    ]);
    copyFileSync(app.path(`${page}.html`), app.path(into, `${page}.html`));
    return JSON.parse(stdout).warnings.map(({ message }: { message: string }) => message.split('\n')[0]);
  },
};

const descriptions = nodesOf(connectionMachine.root).flatMap(({ description = '' }) => description || []);

test.each(Object.entries(bundlers))(
  '%s builds a page that reaches its server, lean and without a warning',
  async (name, build) => {
    const into = `built-by-${name}`;
    expect(await build(await app(), 'main', 'production', into)).toEqual([]);
    expect(descriptionsIn(await app(), into)).toEqual([]);

    const url = await (await server()).serve(['server.mjs', (await app()).path(into)]);
    const tab = await stage.tab(`${url}main.html`);
    await tab.until(() => document.querySelector('[role=status]')?.textContent === 'connected');
    await tab.until(() => document.querySelector('li')?.textContent === 'alice: hello');
    expect(tab.console).toEqual([]);
    expect(tab.errors).toEqual([]);
  },
);

test.each(Object.entries(bundlers))(
  '%s builds for developers with the descriptions of the chart',
  async (name, build) => {
    const into = `built-for-developers-by-${name}`;
    await build(await app(), 'main', 'development', into);
    expect(descriptionsIn(await app(), into)).not.toEqual([]);
  },
);

test.each(Object.entries(bundlers))(
  '%s builds a page with the local inspector, where the package of the other one is not installed',
  async (name, build) => {
    const said = await build(await app(), 'inspected', 'production', `inspected-by-${name}`);
    // It is for developers: its size matters to nobody.
    expect(said.filter((line) => !/size limit|performance/.test(line))).toEqual([]);
  },
);

function descriptionsIn(app: App, folder: string): string[] {
  const code = readdirSync(app.path(folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => readFileSync(app.path(folder, path), 'utf8'))
    .join('\n');
  return descriptions.filter((description) => code.includes(description));
}
