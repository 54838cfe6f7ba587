import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prune } from '../../tools/prune.ts';
import { plantTree } from './tree.ts';

const manifest = JSON.stringify({
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  bin: { tool: './dist/tool.js' },
  browser: { './dist/host.js': './dist/host-browser.js' },
});

/** A build in which each file is there for another reason. */
const build = {
  'package.json': manifest,
  'dist/index.d.ts':
    "export type { Shape } from './shape.ts';\nexport declare const a: import('./inline.ts').Inline;",
  'dist/index.js':
    "export { a } from './a.js';\nexport const late = () => import('./late.js');\nimport 'elsewhere';",
  'dist/shape.d.ts': '',
  'dist/inline.d.ts': '',
  'dist/a.js': "import './host.js';",
  'dist/late.js': '',
  'dist/host.js': '',
  'dist/host-browser.js': '',
  'dist/tool.js': '',
  'dist/inspector/index.html': '<script src="./assets/page.js"></script>',
  'dist/inspector/assets/page.js': '',
};

test('what an entry reaches stays, and only that', () => {
  const base = plantTree({ ...build, 'dist/a.d.ts': '', 'dist/shape.js': '', 'dist/lean/tool.js': '' });
  expect(prune(base).sort()).toEqual(['dist/a.d.ts', 'dist/lean/tool.js', 'dist/shape.js']);
  for (const path of Object.keys(build)) expect(existsSync(join(base, path)), path).toBe(true);
  expect(prune(base)).toEqual([]);
});

test('an import that leads nowhere fails the build', () => {
  const base = plantTree({ ...build, 'dist/a.js': "import './gone.js';" });
  expect(() => prune(base)).toThrow('dist/a.js asks for dist/gone.js, which is not there');
});
