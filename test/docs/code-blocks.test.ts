import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { type Block, blocks, blocksOf, type Fate, fateOf } from '../support/docs/blocks.ts';

const compiled = blocks.filter(({ language }) => language === 'ts');
const ambient = ['prelude.d.ts', 'ui-libraries.d.ts'].map((name) => join(root, 'test/docs', name));

const blocksIn = (text: string) => blocksOf({ path: 'X.md', text });

/** What TypeScript says about each block, compiled as a module of its own against the source. */
function errorsOf(wanted: readonly Block[]): string[] {
  const files = new Map(
    wanted.map((block, index) => [join(root, dirname(block.source ?? ''), `block-${index}.ts`), block]),
  );
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const host = ts.createCompilerHost({ ...options });
  const { getSourceFile, fileExists } = host;
  // The blocks exist in memory only, at the root or beside their source, so that what they import is found.
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, format, ...rest) => {
    const block = files.get(path);
    return block === undefined
      ? getSourceFile(path, format, ...rest)
      : ts.createSourceFile(path, `${block.code}\nexport {};\n`, format);
  };
  const program = ts.createProgram({
    rootNames: [...ambient, ...files.keys()],
    options: {
      ...options,
      // An example shows a value without using it.
      noUnusedLocals: false,
      noUnusedParameters: false,
      types: ['node', 'vite/client'],
      experimentalDecorators: true,
      paths: {
        holdfast: [join(root, 'src/index.ts')],
        'holdfast/machine': [join(root, 'machines/index.ts')],
        'holdfast/browser': [join(root, 'src/browser/index.ts')],
        'holdfast/node': [join(root, 'src/node/index.ts')],
        'holdfast/inspect': [join(root, 'src/inspect/index.ts')],
        'holdfast/opentelemetry': [join(root, 'src/opentelemetry/index.ts')],
        'holdfast/server': [join(root, 'src/server/index.ts')],
        'holdfast/testing': [join(root, 'src/testing/index.ts')],
        'holdfast-inspect-classic': [join(root, 'packages/inspect-classic/src/index.ts')],
        'holdfast-inspect-classic/browser': [join(root, 'packages/inspect-classic/src/browser.ts')],
        'holdfast-inspect-classic/node': [join(root, 'packages/inspect-classic/src/node.ts')],
      },
    },
    host,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const block = file && files.get(file.fileName);
    if (block === undefined) return `${file?.fileName ?? ''} ${text}`;
    const line = ts.getLineAndCharacterOfPosition(file as ts.SourceFile, start).line + 1;
    return `${block.at} line ${line}: ${text}`;
  });
}

/** Of a block that is taken from a file: whole lines of it, without a gap. */
function isAsInSource({ source, code }: Block): boolean {
  return source === undefined || `\n${readFileSync(join(root, source), 'utf8')}`.includes(`\n${code}`);
}

describe('the code in the docs', () => {
  // In one program: TypeScript takes seconds for what they all import.
  test('compiles against the source, unlike a block with a slip in it', { timeout: 120_000 }, () => {
    expect(compiled.some(({ at }) => at.startsWith('README.md:'))).toBe(true);
    const slip = "import { createConnection } from 'holdfast';\ncreateConnection({ credental: false });";
    expect(errorsOf([...compiled, ...blocksIn(`\`\`\`ts\n${slip}\n\`\`\`\n`)])).toEqual([
      expect.stringMatching(/^X\.md:1 line 2: .*credental/s),
    ]);
  });

  test('is in the examples as it is in the docs', () => {
    expect(blocks.filter(({ source }) => source !== undefined).length).toBeGreaterThan(10);
    expect(blocks.filter((block) => !isAsInSource(block)).map(({ at }) => at)).toEqual([]);
  });

  test('would be caught if it were not', () => {
    const [block] = blocksIn('<!-- examples/vue/use.ts -->\n\n```ts\nexport const other = 1;\n```\n');
    expect(block).toMatchObject({ at: 'X.md:3', source: 'examples/vue/use.ts' });
    expect(isAsInSource(block as Block)).toBe(false);
  });

  test('is run, or says why not', () => {
    const fates = blocks.map((block) => ({ block, fate: fateOf(block) }));
    const unaccounted = fates.filter(({ fate }) => fate === undefined).map(({ block }) => block.at);
    expect(unaccounted, 'neither run nor marked <!-- not run: why -->').toEqual([]);
    const count = (is: Fate['is']) => fates.filter(({ fate }) => fate?.is === is).length;
    console.log(
      `${blocks.length} blocks: ${compiled.length} compiled; ${count('run')} run, ${count('checked')} checked by what makes or reads them, ${count('exempt')} exempt:`,
    );
    for (const { block, fate } of fates)
      if (fate?.is === 'exempt') console.log(`  ${block.at}: ${fate.reason}`);
    expect(count('run')).toBeGreaterThan(count('exempt'));
  });

  test.each([
    ['a language that nothing runs', '```python\nprint(1)\n```\n'],
    ['no language', '```\nnpm start\n```\n'],
    ['a file that there is not', '<!-- examples/vue/gone.ts -->\n```ts\n1;\n```\n'],
    ['a recipe that no test imports', '<!-- examples/recipes/untested.ts -->\n```ts\n1;\n```\n'],
    ['a drawing that nothing makes', '```mermaid\ngraph\n```\n'],
  ])('would be caught with %s', (_, text) => {
    expect(blocksIn(text).map(fateOf)).toEqual([undefined]);
  });
});
