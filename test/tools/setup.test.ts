import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { assertNode, isInstalled, satisfies, setup } from '../../tools/setup.mjs';
import { plantTree } from './tree.ts';

const wanted = {
  '': {},
  'node_modules/xstate': { version: '5.33.3', integrity: 'sha512-a' },
  'node_modules/esbuild-win32': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const lock = (packages: object) => JSON.stringify({ packages });
const { 'node_modules/xstate': xstate } = wanted;

describe('dependencies are installed', () => {
  const installed = (found: object) =>
    isInstalled(
      plantTree({ 'package-lock.json': lock(wanted), 'node_modules/.package-lock.json': lock(found) }),
    );

  test('when all the lock asks for is there, save the binaries of other platforms', () => {
    expect(installed({ 'node_modules/xstate': xstate })).toBe(true);
  });

  test('but not when one is missing, of another version, or other bytes', () => {
    expect(installed({})).toBe(false);
    expect(installed({ 'node_modules/xstate': { ...xstate, version: '5.0.0' } })).toBe(false);
    expect(installed({ 'node_modules/xstate': { ...xstate, integrity: 'sha512-c' } })).toBe(false);
  });

  test('and not without node_modules', () => {
    expect(isInstalled(plantTree({ 'package-lock.json': lock(wanted) }))).toBe(false);
  });
});

describe('setup', () => {
  const fresh = () => plantTree({ 'package.json': '{}', 'package-lock.json': lock(wanted) });
  const ready = () =>
    plantTree({ 'package-lock.json': lock({}), 'node_modules/.package-lock.json': lock({}) });

  test('installs once in a fresh clone, and leaves no lock behind', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    const base = fresh();
    const install = vi.fn();
    expect(setup(base, install)).toBe('installed');
    expect(install).toHaveBeenCalledExactlyOnceWith(base);
    expect(existsSync(join(base, '.setup.lock'))).toBe(false);
  });

  test('does nothing when all is there', () => {
    const install = vi.fn();
    expect(setup(ready(), install)).toBe('ready');
    expect(install).not.toHaveBeenCalled();
  });

  test('takes over from a run that died', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    const base = fresh();
    // No process has this id: it is above what any system hands out.
    writeFileSync(join(base, '.setup.lock'), '2147483647');
    expect(setup(base, () => {})).toBe('installed');
  });

  test('lets the failure of npm through, and leaves no lock behind', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    const base = fresh();
    const fail = () => {
      throw new Error('npm ci failed');
    };
    expect(() => setup(base, fail)).toThrow('npm ci failed');
    expect(existsSync(join(base, '.setup.lock'))).toBe(false);
  });
});

describe('the Node in use', () => {
  const range = '^20.19.0 || ^22.13.0 || >=24.0.0';

  test.each(['20.19.0', '20.20.1', '22.13.0', '24.0.0', '26.10.0'])('%s serves', (version) => {
    expect(satisfies(version, range)).toBe(true);
  });

  test.each(['18.20.0', '20.18.9', '21.7.0', '22.12.0', '23.11.0'])(
    '%s is refused with the cure',
    (version) => {
      expect(() => assertNode(version, range)).toThrow(/needs \^20.*\n.*Install/);
    },
  );
});
