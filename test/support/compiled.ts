import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A script and what it imports from here, as JavaScript, for tests that start it many times: to load it through tsx
 * takes several times as long as all that it does. Gives the path of the result, which goes after the file's last test.
 */
export function compiled(script: string): string {
  // Where packages are found from, and git and the tools do not look.
  const out = join(root, 'node_modules', '.cache', `holdfast-test-${process.pid}`);
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const done = new Set<string>();
  const target = (path: string) => join(out, relative(root, path)).replace(/\.ts$/, '.js');
  const visit = (path: string) => {
    if (done.has(path)) return;
    done.add(path);
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
      compilerOptions,
      fileName: path,
    });
    mkdirSync(dirname(target(path)), { recursive: true });
    writeFileSync(target(path), outputText);
    for (const [, from = ''] of outputText.matchAll(/from ['"](\.[^'"]+)\.js['"]/g))
      visit(resolve(dirname(path), `${from}.ts`));
  };
  visit(script);
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  return target(script);
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};
