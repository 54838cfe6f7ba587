import { createRequire } from 'node:module';
import {
  createCompilerHost,
  formatDiagnostics,
  NgtscProgram,
  readConfiguration,
} from '@angular/compiler-cli';
import linker from '@angular/compiler-cli/linker/babel';
import type { Plugin } from 'vite';

const root = import.meta.dirname;
/** The Babel that the compiler itself brings. */
const babel = createRequire(import.meta.resolve('@angular/compiler-cli'))('@babel/core');

/**
 * Compiles components and their templates while Vite builds or serves, so that no compiler is sent to the browser.
 * An app of yours has the Angular CLI for it.
 */
export function aheadOfTime(): Plugin[] {
  let compiled = new Map<string, string>();
  const components: Plugin = {
    name: 'angular-components',
    enforce: 'pre',
    config: (_, { command }) => ({
      ...(command === 'build' && { define: { ngDevMode: 'false', ngJitMode: 'false' } }),
      // It takes most of the build, as Vite would remark.
      build: { rolldownOptions: { checks: { pluginTimings: false } } },
      // What Vite bundles beforehand would not pass through the linker.
      optimizeDeps: { exclude: ['@angular/common', '@angular/core', '@angular/platform-browser'] },
    }),
    buildStart() {
      compiled = compile();
    },
    load: (id) => compiled.get(id),
    handleHotUpdate({ file }) {
      if (compiled.has(file)) compiled = compile();
    },
  };
  const libraries: Plugin = {
    name: 'angular-libraries',
    transform: {
      // Libraries are published half compiled.
      filter: { code: 'ɵɵngDeclare' },
      handler: (code, filename) =>
        babel.transformAsync(code, {
          filename,
          plugins: [linker],
          compact: false,
          configFile: false,
          sourceMaps: true,
        }),
    },
  };
  return [components, libraries];
}

/** From the path of each file to what it is compiled to. */
function compile(): Map<string, string> {
  const { options, rootNames } = readConfiguration(`${root}/tsconfig.json`, {
    noEmit: false,
    rewriteRelativeImportExtensions: true,
    inlineSourceMap: true,
    inlineSources: true,
  });
  const compiled = new Map<string, string>();
  const host = createCompilerHost({ options });
  host.writeFile = (_path, text, _mark, _failed, sources = []) => {
    for (const { fileName } of sources) compiled.set(fileName, text);
  };
  const program = new NgtscProgram(rootNames, options, host);
  const problems = [...program.getNgStructuralDiagnostics(), ...program.getNgSemanticDiagnostics()];
  if (problems.length > 0) throw new Error(formatDiagnostics(problems));
  program.emit();
  return compiled;
}
