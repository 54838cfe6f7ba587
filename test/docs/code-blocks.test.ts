import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';

interface Block {
  /** `README.md:12`, where the block begins. */
  readonly at: string;
  readonly language: string;
  readonly code: string;
  /** The file that it is taken from, said in a comment before it: `<!-- examples/vue/use.ts -->`. */
  readonly source: string | undefined;
}

const pages = ['README.md', ...markdownIn('docs'), 'packages/inspect-classic/README.md'];
const all = pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));
const blocks = all.filter(({ language }) => language === 'ts');
const ambient = ['prelude.d.ts', 'ui-libraries.d.ts'].map((name) => join(root, 'test/docs', name));

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

function blocksOf(page: string, markdown: string): Block[] {
  const fences = /^(?:<!-- (examples\/\S+) -->\n+)?(```(\S+)\n([\s\S]*?)^```$)/gm;
  return [...markdown.matchAll(fences)].map((match) => {
    const [whole, source, fence = '', language = '', code = ''] = match;
    const before = markdown.slice(0, match.index + whole.length - fence.length);
    return { at: `${page}:${before.split('\n').length}`, language, code, source };
  });
}

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
  test('is found', () => {
    expect(blocks.some(({ at }) => at.startsWith('README.md:'))).toBe(true);
  });

  test('compiles against the source', { timeout: 60_000 }, () => {
    expect(errorsOf(blocks)).toEqual([]);
  });

  test('would be caught if it did not', { timeout: 60_000 }, () => {
    const code = "import { createConnection } from 'holdfast';\ncreateConnection({ credental: false });";
    expect(errorsOf(blocksOf('X.md', `\`\`\`ts\n${code}\n\`\`\`\n`))).toEqual([
      expect.stringMatching(/^X\.md:1 line 2: .*credental/s),
    ]);
  });

  test('is in the examples as it is in the docs', () => {
    expect(all.filter(({ source }) => source !== undefined).length).toBeGreaterThan(10);
    expect(all.filter((block) => !isAsInSource(block)).map(({ at }) => at)).toEqual([]);
  });

  test('would be caught if it were not', () => {
    const [block] = blocksOf('X.md', '<!-- examples/vue/use.ts -->\n\n```ts\nexport const other = 1;\n```\n');
    expect(block).toMatchObject({ at: 'X.md:3', source: 'examples/vue/use.ts' });
    expect(isAsInSource(block as Block)).toBe(false);
  });
});
