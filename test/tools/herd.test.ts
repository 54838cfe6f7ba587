import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Kept, keptPath, runAll } from '../../bench/herd/kept.ts';
import type { KeptReal, RealHerd } from '../../bench/herd/kept-real.ts';
import { defaultPolicy } from '../../machines/policy.ts';
import { drawingsOf } from '../../tools/herd/drawings.ts';
import { herdPage } from '../../tools/herd/page.ts';
import { type Figure, figureFile } from '../../tools/herd/plot.ts';
import { promisesTable } from '../../tools/herd/promises.ts';
import { root } from '../../tools/paths.ts';

const small = runAll(300);

const real: KeptReal = {
  policy: small.policy,
  capacity: 20,
  rounds: [
    round(2, [10, 20, 30], [10, 15, 33]),
    round(9, [10, 20, 30], [10, 19, 27]),
    round(3, [5, 10, 15], [5, 8, 12]),
  ],
};

function round(load: number, raw: RealHerd['found'], ours: RealHerd['found']): KeptReal['rounds'][number] {
  const herd = (name: string, found: RealHerd['found']) => ({ name, away: 3_010, found, simulated: raw });
  return {
    date: '2026-01-01',
    clients: 5_000,
    machine: 'any',
    load,
    herds: [herd('socket.io-client', raw), herd('holdfast', ours)],
  };
}

test('[RE-1] the run that the docs quote is of a million clients, and of the defaults that the product has', () => {
  const kept = JSON.parse(readFileSync(join(root, keptPath), 'utf8')) as Kept;
  const { first, base, factor, cap } = defaultPolicy;
  expect(kept.policy).toEqual({ first, base, factor, cap });
  expect(kept.clients).toBe(1_000_000);
});

describe('the page of the herd', () => {
  /** The same run, but for the peak of ours in one place. */
  function withPeak(peak: number): Kept {
    const cells = small.cells.map((cell) =>
      cell.client === 'holdfast' && cell.outage === 3_000 && cell.capacity === 100 && cell.help === 'none'
        ? { ...cell, peak, back: [1, 1, 1] as const }
        : cell,
    );
    return { ...small, cells };
  }

  test('says which goals are reached, and which are not, as the run does', () => {
    const line = (kept: Kept) =>
      herdPage(kept, null)
        .match(/^\| 3 s away, room in 100 s \| \d.+$/m)?.[0]
        .split(' | ')
        .at(-1);
    expect([withPeak(0.01), withPeak(0.9)].map(line)).toEqual(['reached |', 'missed |']);
    expect(promisesTable(withPeak(0.01), null)).not.toBe(promisesTable(withPeak(0.9), null));
  });

  test('compares real clients round by round: the median, least to most, and what was simulated', () => {
    expect(herdPage(small, real)).toContain(
      '| 5,000 | 3 | holdfast | 1.00, 1.00 to 1.00 (1.00) | 0.80, 0.75 to 0.95 (1.00) | 0.90, 0.80 to 1.10 (1.00) |',
    );
    expect(promisesTable(small, real)).toContain('at 0.80 and 0.90 of its time (median of 3 rounds)');
  });

  test('says that nothing was measured where nothing was', () => {
    expect(herdPage(small, null)).toContain('Not measured yet');
  });

  test('shows every plot that is made, and no other', () => {
    const shown = [...herdPage(small, null).matchAll(/\]\((images\/[^)]+)\)/g)].map(
      ([, path]) => `docs/${path}`,
    );
    expect(shown.sort()).toEqual(
      drawingsOf(small)
        .map(({ path }) => path)
        .sort(),
    );
  });
});

describe('a plot', () => {
  const figure = (values: readonly number[]): Figure => ({
    title: 'A & B',
    legend: [{ series: 'a', name: 'ours' }],
    rows: [[{ title: 'one', seconds: 10, lines: [{ series: 'a', step: 1, values }] }]],
  });
  const pathsOf = (text: string) => [...text.matchAll(/<path class="a" d="([^"]+)"/g)].map(([, d]) => d);

  test('draws shares from the bottom to the top, and cuts off what is above all', () => {
    expect(pathsOf(figureFile(figure([0, 0.5, 1, 2]))).at(-1)).toBe('M0 104L25 52L50 0L75 0');
  });

  test('leaves out what lies on a level line, and what comes after the end', () => {
    expect(pathsOf(figureFile(figure([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]))).at(-1)).toBe(
      'M0 104L75 104L100 0L125 104L250 104',
    );
  });

  test('is a file for light and dark pages that needs nothing else', () => {
    const text = figureFile(figure([0]));
    expect(text).toContain('prefers-color-scheme: dark');
    expect(text).toContain('A &amp; B');
    expect(text).not.toMatch(/href|url\(|<script/);
  });
});
