import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { lowestOf, type Manifest, withVersions } from '../../tools/peers.ts';
import { satisfies } from '../../tools/setup.mjs';

const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { peerDependencies = {}, devDependencies = {} } = manifest;

test('the lowest version of a range is that of its first alternative', () => {
  expect(lowestOf('^5.20.0')).toBe('5.20.0');
  expect(lowestOf('^5.0.0 || ^6.0.0')).toBe('5.0.0');
});

test.each(['*', '>=5.0.0', '^5', '5.0.0', '^5.0.0 || *', ''])(
  'there is none that is known of "%s"',
  (range) => {
    expect(() => lowestOf(range)).toThrow('no alternatives');
  },
);

test.each(Object.entries(peerDependencies))(
  '%s %s: the version that the tests run on is in the range, and so is the lowest',
  (name, range) => {
    for (const version of [devDependencies[name] ?? 'none', lowestOf(range)]) {
      expect(satisfies(version, range), version).toBe(true);
    }
  },
);

test('other versions take the place of the pinned ones, and of no others', () => {
  const given = {
    name: 'x',
    dependencies: { xstate: '4.38.3', rxjs: '7.8.2' },
    devDependencies: { xstate: '5.33.3', lit: '3.3.3' },
  };
  const pins = { xstate: '5.33.3', rxjs: '7.8.2', lit: '3.3.3' };
  expect(withVersions(given, pins, { xstate: '5.20.0', rxjs: '7.8.0' })).toEqual({
    name: 'x',
    dependencies: { xstate: '4.38.3', rxjs: '7.8.0' },
    devDependencies: { xstate: '5.20.0', lit: '3.3.3' },
  });
});

test('the client that the real tests call the lowest is the lowest that is promised', () => {
  expect(devDependencies['socket.io-client-lowest']).toBe(
    `npm:socket.io-client@${lowestOf(peerDependencies['socket.io-client'] ?? '')}`,
  );
});
