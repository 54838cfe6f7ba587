/**
 * `npm run size`: what the built package weighs in an app for browsers, held against the limits; `-- --parts` tells what
 * it is made of. It needs `dist/`.
 */
import { connectionMachine } from '../machines/connection.ts';
import { nodesOf } from '../src/inspect/chart/transitions.ts';
import { isMain, root } from './paths.ts';
import { type Bundle, bundle, everything, readPackage } from './size/bundle.ts';
import { details } from './size/details.ts';
import { type Limit, limits } from './size/limits.ts';
import { table } from './table.ts';

export interface Row {
  readonly name: string;
  readonly bundle: Bundle;
  readonly limit?: Limit | undefined;
}

/** The main entry of the package in `base`, with and without its peers, and every other one. */
export async function measure(base: string, held: readonly Limit[] = limits): Promise<Row[]> {
  const { entries, peers } = readPackage(base);
  const outside = { outside: peers };
  const limitOf = (name: Limit['bundle']) => held.find(({ bundle }) => bundle === name);
  const usual = "export { createConnection, socketIo } from 'holdfast';";
  const rows: Row[] = [
    { name: 'holdfast', bundle: await bundle(base, everything, outside), limit: limitOf('alone') },
    { name: 'holdfast, with peers', bundle: await bundle(base, everything), limit: limitOf('with peers') },
    { name: 'createConnection, socketIo', bundle: await bundle(base, usual, outside) },
  ];
  for (const path of entries.filter((entry) => entry !== '.')) {
    const name = `holdfast${path.slice(1)}`;
    rows.push({ name, bundle: await bundle(base, `export * from '${name}';`, outside) });
  }
  return rows;
}

/** What is wrong with those that have a limit: too heavy, or with something in it that no app asked for. */
export function faultsOf(base: string, rows: readonly Row[]): string[] {
  const { needed } = readPackage(base);
  return rows.flatMap(({ name, bundle, limit }) => {
    if (limit === undefined) return [];
    const faults = strangersIn(bundle, needed);
    if (bundle.gzip > limit.limit) {
      faults.push(`${bundle.gzip} bytes of gzip are more than ${limit.limit} (tools/size/limits.ts)`);
    }
    return faults.map((fault) => `${name}: ${fault}`);
  });
}

/** Optional things add nothing: it asks for no more than its peers, and has no file of another entry. */
function strangersIn({ files, imports, code }: Bundle, needed: readonly string[]): string[] {
  const packages = imports.filter((path) => !needed.includes(path));
  const inside = [...files].filter(([file, min]) => min > 0 && isStrange(file));
  const described = nodesOf(connectionMachine.root).filter(
    ({ description }) => description !== undefined && code.includes(description),
  );
  return [
    ...packages.map((name) => `it asks for ${name}, which no app needs`),
    ...inside.map(([file]) => `it has ${file}, which belongs to another entry, an optional package or Node`),
    ...described.map(({ path }) => `it has the description of ${path.join('.')} (tools/lean.ts)`),
  ];
}

function isStrange(file: string): boolean {
  return (
    /(^|\/)src\/(inspect|opentelemetry|testing|node|server|cli)\//.test(file) ||
    /(^|\/)src\/link\/(linger|agent)\.js$/.test(file) ||
    /(^|\/)node_modules\/(@statelyai|@xstate|idb|fast-check|socket\.io|ws)\//.test(file)
  );
}

/** The rows as a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  return table(
    ['', 'minified', 'gzip -9', 'brotli', 'limit of gzip', 'goal'],
    rows.map(({ name, bundle: { min, gzip, brotli }, limit }) => {
      if (limit === undefined) return [name, min, gzip, brotli, '', ''];
      const goal = `${limit.goal.toLocaleString('en')}: ${gzip > limit.goal ? 'not reached' : 'reached'}`;
      return [name, min, gzip, brotli, limit.limit, goal];
    }),
  );
}

if (isMain(import.meta.url)) {
  const rows = await measure(root);
  console.log(`Bytes, minified by esbuild for ES2022:\n\n${tableOf(rows)}`);
  if (process.argv.includes('--parts')) console.log(`\n${await details(root)}`);
  const faults = faultsOf(root, rows);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
