/**
 * `npm run spec` holds docs/spec.md against the tests: which clauses does no test name, which named ones do not exist, and
 * does its table link each clause to its tests? With `--write` the table is made anew.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clausesNamedIn } from './clause-names.ts';
import { findDrift } from './generated.ts';
import { isMain, root } from './paths.ts';
import { table } from './table.ts';

const specPath = 'docs/spec.md';
const testFolders = ['test', 'packages', 'examples'];

export interface Clause {
  id: string;
  state: 'kept' | 'later';
  text: string;
}

export interface SpecReport {
  clauses: Clause[];
  /** Clauses that no test names. */
  unnamed: Clause[];
  /** Clauses marked later that a test names all the same. */
  early: Clause[];
  /** Clause id → the test files that name it. */
  named: ReadonlyMap<string, readonly string[]>;
  /** What makes the check fail. */
  errors: string[];
}

/** Compares the spec and the tests under `base`. */
export function checkSpec(base: string): SpecReport {
  const path = join(base, specPath);
  const { clauses, errors } = readClauses(existsSync(path) ? readFileSync(path, 'utf8') : '');
  const named = namedClauses(base);
  const known = new Set(clauses.map(({ id }) => id));
  const unnamed = clauses.filter(({ id }) => !named.has(id));
  const early = clauses.filter(({ id, state }) => state === 'later' && named.has(id));
  if (clauses.length === 0) errors.push(`${specPath} has no clauses`);
  for (const { id, state } of unnamed) {
    if (state === 'kept') errors.push(`${id} is marked kept, but no test names it`);
  }
  for (const [id, [file]] of named) {
    if (!known.has(id)) errors.push(`${file} names ${id}, which ${specPath} does not have`);
  }
  return { clauses, unnamed, early, named, errors };
}

/** For each clause, links to the tests that name it. */
export function proofTable({ clauses, named }: SpecReport): string {
  return table(
    ['clause', 'tests'],
    clauses.map(({ id }) => [id, (named.get(id) ?? []).map(linkTo).join(', ') || 'none']),
  );
}

function linkTo(file: string): string {
  return `[${file.replace(/^test\//, '').replace(/\.(test|spec)\.tsx?$/, '')}](../${file})`;
}

/** A clause is a list item: `- **LC-1** (kept) text`, or `(later)`. */
export function readClauses(markdown: string): { clauses: Clause[]; errors: string[] } {
  const clauses: Clause[] = [];
  const errors: string[] = [];
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!/^\s*[-*]\s+\W*[A-Z]{2}-\d/.test(line)) continue;
    const [, id, state, text] = /^- \*\*([A-Z]{2}-\d+)\*\* \((kept|later)\) (\S.*)$/.exec(line) ?? [];
    if (!id || !text) {
      errors.push(
        `${specPath}:${index + 1} is not of the form "- **LC-1** (kept) text" or "(later)": ${line}`,
      );
    } else if (clauses.some((clause) => clause.id === id)) {
      errors.push(`${specPath}:${index + 1} has ${id} a second time`);
    } else {
      clauses.push({ id, state: state === 'kept' ? 'kept' : 'later', text });
    }
  }
  return { clauses, errors };
}

function namedClauses(base: string): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const file of testFolders.flatMap((folder) => testFiles(base, folder)).sort()) {
    for (const id of clausesNamedIn(readFileSync(join(base, file), 'utf8'))) {
      named.set(id, [...(named.get(id) ?? []), file]);
    }
  }
  return named;
}

function testFiles(base: string, folder: string): string[] {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return testFiles(base, path);
      return /\.(test|spec)\.tsx?$/.test(entry.name) ? [path] : [];
    });
}

function print({ clauses, unnamed, early, errors }: SpecReport): void {
  const kept = clauses.filter(({ state }) => state === 'kept');
  console.log(`spec: ${clauses.length} clauses, ${kept.length} kept`);
  if (unnamed.length > 0) console.log('\nNo test names:');
  for (const { id, state, text } of unnamed) console.log(`  ${id} (${state}) ${shorten(text)}`);
  if (early.length > 0)
    console.log(`\nMarked later, yet tested (kept now?): ${early.map(({ id }) => id).join(', ')}`);
  if (errors.length > 0) console.error(`\n${errors.map((error) => `error: ${error}`).join('\n')}`);
}

function shorten(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

if (isMain(import.meta.url)) {
  const report = checkSpec(root);
  const write = process.argv.includes('--write');
  const proofs = { path: specPath, between: 'tests', text: proofTable(report) };
  if (findDrift(root, [proofs], { write }).length > 0 && !write) {
    report.errors.push(
      `the table of ${specPath} is not what the tests say. Run \`npm run spec -- --write\` and commit.`,
    );
  }
  print(report);
  if (report.errors.length > 0) process.exitCode = 1;
}
