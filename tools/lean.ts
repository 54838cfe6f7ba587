/**
 * The second half of `npm run build`: dist/lean, which bundles of apps get. It is the rest of dist without what people
 * read: comments, and the descriptions in the chart, which only drawings and inspectors show. Node and development get
 * the whole (the conditions in package.json).
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { isMain, root } from './paths.ts';

/** The module that does the same with fewer words. */
export function lean(path: string, code: string): string {
  const { outputText } = ts.transpileModule(code, {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
    transformers: { before: path.startsWith('machines') ? [withoutDescriptions] : [] },
  });
  return outputText;
}

/** Adds `lean/` to the folder of a build. */
export function writeLean(dist: string): void {
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    // No app bundles the command line.
    if (!/^(machines|src)[\\/](?!cli[\\/]).*\.js$/.test(path)) continue;
    const target = join(dist, 'lean', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, lean(path, readFileSync(join(dist, path), 'utf8')));
  }
}

function withoutDescriptions(context: ts.TransformationContext) {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (ts.isObjectLiteralElement(node) && isNamed(node.name, 'description')) return undefined;
    // ignore('Why.', 'event', …): the description of each.
    if (ts.isCallExpression(node) && isNamed(node.expression, 'ignore')) {
      const [, ...events] = node.arguments;
      return factory.updateCallExpression(node, node.expression, undefined, [
        factory.createStringLiteral(''),
        ...events,
      ]);
    }
    return ts.visitEachChild(node, visit, context);
  };
  return (file: ts.SourceFile) => ts.visitEachChild(file, visit, context);
}

function isNamed(node: ts.Node | undefined, name: string): boolean {
  return node !== undefined && ts.isIdentifier(node) && node.text === name;
}

if (isMain(import.meta.url)) writeLean(join(root, 'dist'));
