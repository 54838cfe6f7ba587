/** What of the entry is words for people. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { bundle } from './bundle.ts';
import type { PartWeight } from './parts.ts';

/** By the files of the build where they are. */
const places = {
  'hints of errors': /(machines\/verdict|src\/errors)\.js$/,
  'complaints about options, with their cures':
    /src\/(options|check-shape|bad-option|dialect\/plain|link\/(socket-io-options|url))\.js$/,
  'all other messages': /./,
};

/** What the entry would weigh less without its sentences: literals with a space in them. */
export async function weighWords(base: string, outside: readonly string[]): Promise<Map<string, PartWeight>> {
  const code = "export * from 'holdfast';";
  const whole = await bundle(base, code, { outside });
  const weights = new Map<string, PartWeight>();
  const claimed: RegExp[] = [];
  for (const [name, place] of Object.entries(places)) {
    const [before, is] = [[...claimed], place];
    claimed.push(place);
    const here = (file: string) => is.test(file) && !before.some((other) => other.test(file));
    const rest = await bundle(base, code, { outside, plugins: [silence(base, here)] });
    weights.set(name, { min: whole.min - rest.min, gzip: whole.gzip - rest.gzip });
  }
  return weights;
}

function silence(base: string, here: (file: string) => boolean): Plugin {
  return {
    name: 'silence',
    setup({ onLoad }) {
      onLoad({ filter: /dist[\\/].*\.js$/ }, ({ path }) => {
        if (!here(relative(base, path).replaceAll('\\', '/'))) return undefined;
        return { contents: withoutSentences(readFileSync(path, 'utf8')) };
      });
    },
  };
}

function withoutSentences(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const before: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const visit = (node: ts.Node): ts.Node =>
      isSentence(node) ? ts.factory.createStringLiteral('') : ts.visitEachChild(node, visit, context);
    return (file) => ts.visitEachChild(file, visit, context);
  };
  return ts.transpileModule(code, { compilerOptions, transformers: { before: [before] } }).outputText;
}

function isSentence(node: ts.Node): boolean {
  return (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && /\s/.test(node.getText());
}
