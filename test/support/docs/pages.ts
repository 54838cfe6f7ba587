import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../tools/paths.ts';

/** A page in Markdown, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page that people read, but for what other packages bring, and the declarations that `npm run api-report` lists. */
export const pages: readonly Page[] = [
  ...['.', 'packages/inspect-classic'].flatMap((folder) => pagesIn(folder)),
  ...pagesIn('docs', { deep: true }).filter(({ path }) => !path.startsWith('docs/api-report/')),
];

function pagesIn(folder: string, { deep = false } = {}): Page[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return deep ? pagesIn(path, { deep }) : [];
    return entry.name.endsWith('.md') ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

/** What is left when the blocks of code are taken out, line by line where it was. */
export function proseOf(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```$/gm, (block) => block.replace(/[^\n]/g, ''));
}

/** What stands between backticks in the prose. */
export function quotesIn(text: string): string[] {
  return [...proseOf(text).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, quote = '']) => quote);
}
