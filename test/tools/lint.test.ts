import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { plantTree } from './tree.ts';

const denied = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'clearTimeout', 'queueMicrotask', 'console'],
  ...[
    'window',
    'document',
    'navigator',
    'AbortController',
    'process',
    'Buffer',
    'fetch',
    'crypto',
    'globalThis',
  ],
];

test('machines reach no clock, timer, chance, host or network', () => {
  const code = [...denied.map((name) => `use(${name});`), 'use(Math.random());', 'const { random } = Math;'];
  const lines = lint({ 'machines/bad.ts': code.join('\n') });
  expect(code.filter((_, index) => !lines.has(`machines/bad.ts:${index + 1}`))).toEqual([]);
});

test('words in comments, strings, properties and parameters of machines are free', () => {
  const code = `// Date, Math.random()
export const sound = (process: number, options: { window: number }) =>
  [process, options.window, 'setTimeout', Math.max(1, 2)].length;
`;
  expect(lint({ 'machines/sound.ts': code })).toEqual(new Set());
});

test('no promise is left floating in machines and src', () => {
  const code = 'async function later(): Promise<number> {\n  return 1;\n}\nlater();\n';
  const lines = lint({ 'machines/bad.ts': code, 'src/bad.ts': code, 'test/free.test.ts': code });
  expect([...lines].sort()).toEqual(['machines/bad.ts:4', 'src/bad.ts:4']);
});

/** Where Biome finds errors, as `path:line`. */
function lint(files: Record<string, string>): Set<string> {
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  const tree = plantTree({ ...files, 'biome.json': JSON.stringify({ ...config, vcs: { enabled: false } }) });
  const binary = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(
    process.execPath,
    [binary, 'lint', '--reporter=github', '--max-diagnostics=none'],
    {
      cwd: tree,
      encoding: 'utf8',
    },
  );
  const errors = stdout.matchAll(/^::error .*?file=[^,]*?((?:machines|src|test)\/[^,]+),line=(\d+)/gm);
  return new Set([...errors].map(([, file, line]) => `${file}:${line}`));
}
