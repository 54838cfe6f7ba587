import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { document } from '../../tools/reference.ts';
import { plantTree } from './tree.ts';

const code = `/** A way in. @module it */
/** Documented. See {@link nothing}. */
export function told(): Hidden { return {}; }
export function untold(): void {}
export interface Face { method(): void }
interface Hidden { readonly is?: true }
`;

test('a name without a docstring, a type that nobody can import and a link to nowhere are found', {
  timeout: 60_000,
}, async () => {
  const base = plantTree({
    'index.ts': code,
    'package.json': JSON.stringify({ name: 'it', version: '1.0.0' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES5'],
        module: 'NodeNext',
        types: [],
        typeRoots: [join(root, 'none')],
      },
      include: ['index.ts'],
    }),
  });
  const faults = await document({
    entryPoints: [join(base, 'index.ts')],
    tsconfig: join(base, 'tsconfig.json'),
    packagesRequiringDocumentation: ['it'],
  });
  const found = (words: RegExp) => faults.filter((fault) => words.test(fault)).length;
  expect(found(/^Hidden, .* not included/), faults.join('\n')).toBe(1);
  expect(found(/\buntold\b.*does not have any documentation/)).toBe(1);
  expect(found(/\bFace \(Interface\).*does not have any documentation/)).toBe(1);
  expect(found(/\bFace\.method\b.*does not have any documentation/)).toBe(1);
  expect(found(/nothing/)).toBe(1);
  expect(faults).toHaveLength(5);
});
