/**
 * `npm run recover-table`: the table of docs/recover.md, made of the run that `npm run bench -- recover --keep` kept; with
 * `--check` it fails when they differ.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenders, reference } from '../bench/recover/contenders.ts';
import { type KeptCell, type KeptTable, keptTablePath } from '../bench/recover/kept.ts';
import { type Generated, generate } from './generated.ts';
import { isMain, root } from './paths.ts';
import { table } from './table.ts';

export function recoverTable({ cells, versions, date, machine, load }: KeptTable): string {
  const names = contenders.map(({ name }) => name);
  const lanes = [...new Set(cells.map(({ lane }) => lane))];
  const line = (lane: string) => {
    const found = names.map((name) => cells.find((cell) => cell.lane === lane && cell.contender === name));
    const { rounds = 0, returns = 0 } = found[0] ?? {};
    return [`${lane} (${rounds} × ${returns / rounds})`, ...found.map(words)];
  };
  const head = ['', ...names.map((name) => `${name} ${versions[name]}`)];
  return `${table(head, lanes.map(line))}\n\n${date}, ${machine}, load ${load}.`;
}

function words(cell: KeptCell | undefined): string {
  if (cell === undefined) return 'never';
  const times = `${seconds(cell.median)} (${seconds(cell.p95)})`;
  return cell.contender === reference ? times : `${times}, **${cell.ratio.median.toFixed(1)} ×**`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}

export function recoverTables(): Generated[] {
  const kept = JSON.parse(readFileSync(join(root, keptTablePath), 'utf8')) as KeptTable;
  return [{ path: 'docs/recover.md', between: 'recover', text: recoverTable(kept) }];
}

if (isMain(import.meta.url)) generate('recover-table', recoverTables());
