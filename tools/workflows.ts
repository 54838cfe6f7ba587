/** `npm run workflows`: actionlint over .github/workflows, and every action by the commit that was looked at. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { isMain, root } from './paths.ts';

const folder = '.github/workflows';

/** What is wrong with one workflow: `path:line:column: what`. */
export async function findFaults(path: string, text: string): Promise<string[]> {
  linter ??= createLinter();
  const lint = await linter;
  const found = lint(text, path).map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  return [...found, ...looseActions(path, text)];
}

/** One is enough, and takes a while to load. */
let linter: ReturnType<typeof createLinter> | undefined;

/** A tag can be moved to another commit by whoever has the action; a workflow that publishes runs what it leads to. */
function looseActions(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const [, action = './'] = /^\s*(?:- )?uses: (\S+)/.exec(line) ?? [];
    if (action.startsWith('./') || /@[0-9a-f]{40}$/.test(action)) return [];
    return `${path}:${index + 1}: ${action} is not pinned. Write the commit, and its version in a comment.`;
  });
}

if (isMain(import.meta.url)) {
  const files = readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name));
  const faults: string[] = [];
  for (const name of files) {
    faults.push(...(await findFaults(`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8'))));
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0 || files.length === 0) process.exitCode = 1;
  else console.log(`workflows: nothing wrong in ${files.length}`);
}
