/** Applies the rules of .dependency-cruiser.cjs to the source folders. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IResolveOptions } from 'dependency-cruiser';
import ts from 'typescript';
import rules from '../.dependency-cruiser.cjs';
import { isMain, root } from './paths.ts';

const folders = ['machines', 'src', 'packages', 'test', 'examples', 'bench', 'soak', 'tools'];

/** With fewer modules of its own than this, the check looked past the code and proves nothing. */
const leastModules = 3;

const cures = new Map(rules.forbidden?.map(({ name, comment }) => [name, comment]));

export interface Finding {
  rule: string;
  text: string;
}

/** Every broken rule under `base`. */
export async function checkImports(base: string): Promise<Finding[]> {
  const found = folders.filter((folder) => existsSync(join(base, folder)));
  const { summary, modules } = await cruiseFolders(base, found);
  const own = modules.filter(({ source }) => /^(machines|src)\//.test(source));
  const findings = summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    text: `${from} → ${to}\n    ${cures.get(rule.name)}`,
  }));
  if (own.length < leastModules) {
    findings.push({
      rule: 'something-to-check',
      text: `only ${own.length} modules seen in machines/ and src/`,
    });
  }
  return [...findings, ...checkFace(base)];
}

async function cruiseFolders(base: string, found: string[]): Promise<ICruiseResult> {
  const { forbidden, options } = rules;
  const resolve: Partial<IResolveOptions> = { ...options?.enhancedResolveOptions };
  const { output } = await cruise(
    found,
    { ...options, baseDir: base, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    resolve,
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser returned text instead of a result');
  return output;
}

/** src/index.ts is a list of names: `export … from` and nothing else. */
function checkFace(base: string): Finding[] {
  const path = join(base, 'src/index.ts');
  if (!existsSync(path)) return [];
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return file.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
    .map((statement) => {
      const line = file.getLineAndCharacterOfPosition(statement.getStart(file)).line + 1;
      return { rule: 'public-face-re-exports', text: `src/index.ts:${line} is not an \`export … from\`` };
    });
}

if (isMain(import.meta.url)) {
  const findings = await checkImports(root);
  for (const { rule, text } of findings) console.error(`${rule}: ${text}`);
  if (findings.length > 0) process.exitCode = 1;
  else console.log('imports: every rule holds');
}
