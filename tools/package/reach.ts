/** Which files of a package its users can reach. */
import { posix } from 'node:path';
import ts from 'typescript';

/** A package.json, as far as it leads to files. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly browser?: Readonly<Record<string, string>>;
}

/** By the paths that they have in the package. */
export interface Files {
  has(path: string): boolean;
  read(path: string): string;
}

/** Every file that it names. */
export function entriesOf({ exports, bin = {}, browser = {} }: Manifest): string[] {
  const targets = Object.values(exports).flatMap((to) => (typeof to === 'string' ? to : Object.values(to)));
  const named = [...targets, ...Object.values(bin), ...Object.keys(browser), ...Object.values(browser)];
  return [...new Set(named.map((path) => posix.normalize(path)))];
}

/** These files, what they import, and so on. Throws where an import leads nowhere. */
export function reachableFrom(entries: Iterable<string>, files: Files): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string, from: string) => {
    if (reached.has(path)) return;
    if (!files.has(path)) throw new Error(`${from} asks for ${path}, which is not there`);
    reached.add(path);
    for (const target of targetsIn(path, files.read(path))) visit(target, path);
  };
  for (const entry of entries) visit(entry, 'package.json');
  return reached;
}

/** Files that no import tells of: code reads them by itself. */
export const pages = ['dist/inspector/index.html'];

function targetsIn(path: string, text: string): string[] {
  return specifiersIn(path, text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier))
    .map((target) => (path.endsWith('.d.ts') ? target.replace(/\.(?:js|ts)$/, '.d.ts') : target));
}

function specifiersIn(path: string, text: string): string[] {
  if (path.endsWith('.html')) {
    return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target = '']) => target);
  }
  if (!/\.[jt]s$/.test(path)) return [];
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}
