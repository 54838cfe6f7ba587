import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';

interface Block {
  /** `README.md:12`, where the block begins. */
  readonly at: string;
  readonly code: string;
}

const pages = ['README.md', ...markdownIn('docs'), 'packages/inspect-classic/README.md'];
const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));
const ambient = ['prelude.d.ts', 'ui-libraries.d.ts'].map((name) => join(root, 'test/docs', name));

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

function blocksOf(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    at: `${page}:${markdown.slice(0, match.index).split('\n').length}`,
    code: match[1] ?? '',
  }));
}

/** What TypeScript says about each block, compiled as a module of its own against the source. */
function errorsOf(wanted: readonly Block[]): string[] {
  const files = new Map(wanted.map((block, index) => [join(root, `block-${index}.ts`), block]));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const host = ts.createCompilerHost({ ...options });
  const { getSourceFile, fileExists } = host;
  // The blocks exist in memory only, beside node_modules, so that what they import is found.
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const block = files.get(path);
    return block === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, `${block.code}\nexport {};\n`, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram({
    rootNames: [...ambient, ...files.keys()],
    options: {
      ...options,
      // An example shows a value without using it.
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: {
        holdfast: [join(root, 'src/index.ts')],
        'holdfast/machine': [join(root, 'machines/index.ts')],
        'holdfast/browser': [join(root, 'src/browser/index.ts')],
        'holdfast/node': [join(root, 'src/node/index.ts')],
        'holdfast/inspect': [join(root, 'src/inspect/index.ts')],
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

describe('the code in the docs', () => {
  test('is found', () => {
    expect(blocks.some(({ at }) => at.startsWith('README.md:'))).toBe(true);
  });

  test('compiles against the source', { timeout: 60_000 }, () => {
    expect(errorsOf(blocks)).toEqual([]);
  });

  test('would be caught if it did not', { timeout: 60_000 }, () => {
    const code = "import { createConnection } from 'holdfast';\ncreateConnection({ credental: false });";
    expect(errorsOf([{ at: 'X.md:1', code }])).toEqual([
      expect.stringMatching(/^X\.md:1 line 2: .*credental/s),
    ]);
  });
});
