import { expect, test } from 'vitest';
import peers from '../../../bench/peers/package.json' with { type: 'json' };
import { contenders } from '../../../bench/recover/contenders.ts';
import { cellsOf } from '../../../bench/recover/figures.ts';
import { keepTable } from '../../../bench/recover/kept.ts';
import { versionOf } from '../../../bench/versions.ts';
import { recoverTable } from '../../../tools/recover-table.ts';

const table = keepTable(
  cellsOf('link cut', [
    { 'socket.io-client': [900, 1_000], holdfast: [400, 600] },
    { 'socket.io-client': [1_100, 1_200], holdfast: [200, 220] },
  ]),
);

test('what is kept of a cell: no sample, but how many there were', () => {
  expect(table.cells[1]).toEqual({
    ...{ lane: 'link cut', contender: 'holdfast', median: 310, p95: 600, returns: 4, rounds: 2 },
    ratio: { median: 3.688, least: 1.9, most: 5.476 },
  });
});

test('the table says how often, and `never` of who took no part', () => {
  const [, , line] = recoverTable(table).split('\n');
  expect(line).toBe(
    '| link cut (2 × 2) | 1.05 (1.20) | 0.31 (0.60), **3.7 ×** | never | never | never | never |',
  );
});

test('the versions are those of the packages that are measured, not those of namesakes that others brought', () => {
  const peersVersions: Readonly<Record<string, string>> = peers.devDependencies;
  const theirs = contenders.filter(({ package: name }) => name in peersVersions);
  expect(theirs).toHaveLength(4);
  for (const { package: name } of theirs)
    expect(versionOf(name)).toBe(peersVersions[name]?.replace(/^npm:.*@/, ''));
  for (const { package: name } of contenders) expect(versionOf(name)).toMatch(/^\d+\.\d+\.\d+/);
});
