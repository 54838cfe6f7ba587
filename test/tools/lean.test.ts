import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import { lean, writeLean } from '../../tools/lean.ts';
import { root } from '../../tools/paths.ts';
import { compiled } from '../support/compiled.ts';

test('the lean chart is the chart without a word of its descriptions', async () => {
  const whole = compiled(join(root, 'machines/index.ts'));
  writeLean(dirname(dirname(whole)));
  const path = join(dirname(dirname(whole)), 'lean/machines/index.js');
  const { connectionMachine: leanMachine } = await import(pathToFileURL(path).href);
  const { chart, descriptions } = read(connectionMachine);
  expect(descriptions.length).toBeGreaterThan(50);
  expect(read(leanMachine)).toEqual({ chart, descriptions: [] });
  for (const file of ['attempt', 'connection', 'ignored', 'probing', 'restoring']) {
    const code = readFileSync(join(dirname(path), `${file}.js`), 'utf8');
    expect(descriptions.filter((description) => code.includes(description))).toEqual([]);
  }
});

test('outside of the chart only comments go', () => {
  const code = lean('src/a.js', "/** Why. */\nexport const a = { description: ignore('x', 'y') }; // so\n");
  expect(code).toBe("export const a = { description: ignore('x', 'y') };\n");
});

test('each entry that a bundle for browsers may want has a lean one, and is whole in Node and in development', () => {
  const entries: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ).exports;
  const { './package.json': _, './node': node, './server': server, ...others } = entries;
  for (const entry of [node, server]) expect(Object.keys(entry ?? {})).toEqual(['types', 'default']);
  for (const [name, { types = '', node, ...conditions }] of Object.entries(others)) {
    const whole = types.replace(/\.d\.ts$/, '.js');
    expect(node).toBe(name === './inspect' ? './dist/src/inspect/node.js' : whole);
    expect(conditions).toEqual({ development: whole, default: whole.replace('dist/', 'dist/lean/') });
  }
});

function read({ root }: AnyStateMachine): { chart: string; descriptions: string[] } {
  const descriptions: string[] = [];
  const chart = JSON.stringify(root.definition, (key, value) => {
    if (key !== 'description') return value;
    if (value !== undefined) descriptions.push(value);
    return undefined;
  });
  return { chart, descriptions };
}
