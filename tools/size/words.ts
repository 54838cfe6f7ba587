/** What of the entry is words for people. */
import ts from 'typescript';
import { bundle, everything, type Rewrite } from './bundle.ts';
import type { PartWeight } from './parts.ts';

/** By the files of the build where they are; a file belongs to the first that names it. */
const places: readonly (readonly [string, RegExp])[] = [
  ['hints of errors', /(machines\/verdict|src\/errors)\.js$/],
  [
    'complaints about options, with their cures',
    /src\/(options|check-shape|bad-option|dialect\/plain|link\/(socket-io-options|url))\.js$/,
  ],
  ['all other messages', /./],
];

/** What the entry would weigh less without its sentences: literals with a space in them. */
export async function weighWords(base: string, outside: readonly string[]): Promise<Map<string, PartWeight>> {
  const whole = await bundle(base, everything, { outside });
  const weights = new Map<string, PartWeight>();
  for (const [name] of places) {
    const rewrite: Rewrite = (file, code) => {
      const [here] = places.find(([, files]) => files.test(file)) ?? [];
      return here === name ? withoutSentences(code) : undefined;
    };
    const rest = await bundle(base, everything, { outside, rewrite });
    weights.set(name, { min: whole.min - rest.min, gzip: whole.gzip - rest.gzip });
  }
  return weights;
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
