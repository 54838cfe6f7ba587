import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { touchLazyGlobals } from '../../../test/support/lazy-globals.ts';
import { root } from '../../../tools/paths.ts';

const here = join(root, 'packages/inspect-classic');

/** The version of the package that whoever is in this folder gets. */
function versionFrom(folder: string, name: string): string {
  const found = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
  return createRequire(found)('./package.json').version;
}

test('[IN-2] the app has XState 5, and the classic inspector the XState 4 beside it', () => {
  const inspector = dirname(
    createRequire(join(here, 'package.json')).resolve('@xstate/inspect/package.json'),
  );
  expect(versionFrom(root, 'xstate')).toMatch(/^5\./);
  expect(versionFrom(here, 'xstate')).toMatch(/^4\./);
  expect(versionFrom(inspector, 'xstate')).toBe(versionFrom(here, 'xstate'));
});

test('[IN-2] what is published asks for exactly these, and holdfast itself for none of them', () => {
  const manifest = (folder: string) => createRequire(join(folder, 'package.json'))('./package.json');
  const { dependencies, peerDependencies } = manifest(here);
  expect(dependencies).toEqual({ '@xstate/inspect': '0.8.0', xstate: versionFrom(here, 'xstate') });
  expect(Object.keys(peerDependencies)).toEqual(['ws']);
  const own = manifest(root);
  expect(Object.keys({ ...own.dependencies, ...own.peerDependencies })).not.toContain('@xstate/inspect');
});

test('[LC-14] nothing runs at import, and nothing of XState 4 is loaded: no global, no listener, no timer', async () => {
  touchLazyGlobals();
  const globals = Reflect.ownKeys(globalThis);
  const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const { cache } = createRequire(import.meta.url);
  const spies = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')];
  await import('../src/index.ts');
  await import('../src/browser.ts');
  const { nodeDevTools } = await import('../src/node.ts');
  expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
  expect(Reflect.ownKeys(globalThis)).toEqual(globals);
  expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
  const nested = join(here, 'node_modules');
  const ofXState4 = () =>
    Object.keys(cache).filter((path) => path.startsWith(nested) && path.endsWith('.js'));
  expect(ofXState4()).toEqual([]);
  const devTools = await nodeDevTools({ port: 0 });
  await devTools.close();
  expect(ofXState4().length).toBeGreaterThan(10);
});
