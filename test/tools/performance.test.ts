import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atLeast, atMost, type Row, row } from '../../bench/harness.ts';
import { type KeptRun, keep, keptPathOf } from '../../bench/kept.ts';
import { findDrift } from '../../tools/generated.ts';
import { promisesPlot } from '../../tools/performance/promises-plot.ts';
import { performancePages } from '../../tools/performance.ts';
import { plantTree } from './tree.ts';

const marked = 'By hand.\n\n<!-- performance:begin -->\n\n<!-- performance:end -->\n\nMore by hand.\n';

/** What a bench finds, as it is kept. */
function kept(name: string, rows: readonly Row[], targets: KeptRun['targets'] = []): KeptRun {
  return keep({ name, title: `about ${name}` }, { rows, targets });
}

const ratio = row('holdfast by raw', '', [0.9, 0.96, 0.99]);
const heap = row('holdfast − raw', 'bytes each', [11_000, 12_000, 13_000]);
const words = { what: 'messages in', by: 'of raw' };

const runs = [
  kept('inbound', [ratio], [atLeast(0.95, ratio, words)]),
  kept('memory', [heap], [atMost(10_240, heap, { what: 'heap', by: 'bytes over raw' })]),
  kept('connect', [row('holdfast', 'ms', [210])]),
  kept('size', [row('holdfast', 'bytes', [45_000]), row('ably 2: { Realtime }', 'bytes', [57_000])]),
  ...['broadcast', 'broadcast-redis', 'server-memory'].map((name) =>
    kept(name, [row(name, 'messages/s', [7])]),
  ),
];

/** A repository with these runs, and with pages that have a place for figures. */
function plant(held: readonly KeptRun[] = runs): string {
  return plantTree({
    'README.md': marked,
    'docs/server-messages.md': marked,
    ...Object.fromEntries(held.map((run) => [keptPathOf(run.name), JSON.stringify(run)])),
  });
}

const read = (base: string, path: string) => readFileSync(join(base, path), 'utf8');

describe('the figures in README and docs', () => {
  test('are those of the kept runs, and nothing else is touched', () => {
    const base = plant();
    const pages = performancePages(base);
    expect(findDrift(base, pages, { write: true })).toContain('README.md');
    expect(findDrift(base, performancePages(base))).toEqual([]);
    const readme = read(base, 'README.md');
    expect(readme).toMatch(/^By hand\.[\s\S]*More by hand\.\n$/);
    expect(readme).toContain('| messages in | ≥ 0.95 of raw | ✓ 0.960 (0.900 to 0.990 in 3 rounds) |');
    expect(read(base, 'docs/performance.md')).toContain('| holdfast by raw | 0.960 | 0.900 to 0.990 | 3 |');
  });

  test('are drift when a page quotes another figure, and when another run is kept', () => {
    const base = plant();
    findDrift(base, performancePages(base), { write: true });
    writeFileSync(join(base, 'README.md'), read(base, 'README.md').replace('0.960', '0.990'));
    expect(findDrift(base, performancePages(base))).toEqual(['README.md']);
    findDrift(base, performancePages(base), { write: true });
    const better = row('holdfast by raw', '', [0.99]);
    const again = kept('inbound', [better], [atLeast(0.95, better, words)]);
    writeFileSync(join(base, keptPathOf('inbound')), JSON.stringify(again));
    expect(findDrift(base, performancePages(base))).toEqual(
      expect.arrayContaining(['README.md', 'docs/performance.md', 'docs/images/performance-promises.svg']),
    );
  });

  test('say of a promise that was missed that it was', () => {
    const base = plant();
    findDrift(base, performancePages(base), { write: true });
    const missed = '| heap | ≤ 10,240 bytes over raw | ✗ missed: 12,000 (11,000 to 13,000 in 3 rounds) |';
    for (const path of ['README.md', 'docs/performance.md']) expect(read(base, path)).toContain(missed);
    expect(read(base, 'docs/performance.md')).toContain('Of 2 promises, 1 were kept and **1 missed**.');
  });

  test('name machine, versions, date and load of each run', () => {
    const base = plant();
    findDrift(base, performancePages(base), { write: true });
    const told =
      /`npm run bench -- memory`: \d{4}-\d\d-\d\d, Node v\S+, \d+ × .+, socket\.io-client \d\S+, .*load [\d.]+/;
    expect(read(base, 'docs/performance.md')).toMatch(told);
  });

  test('have a word for what never came, and leave alone what is kept beside the runs', () => {
    const base = plant([...runs, kept('herd', [row('all back', 's', [Number.POSITIVE_INFINITY])])]);
    writeFileSync(join(base, 'bench/results/herd-courses.json'), '{"curves":[]}');
    findDrift(base, performancePages(base), { write: true });
    expect(read(base, 'docs/performance.md')).toMatch(/## herd\n[\s\S]*\| all back \| ∞ s \|/);
  });

  test('are not quoted of a run that nobody kept', () => {
    const base = plant(runs.filter(({ name }) => name !== 'broadcast'));
    expect(() => performancePages(base)).toThrow('npm run bench -- broadcast --keep');
  });
});

describe('the drawing of promises', () => {
  test('has a circle for what is kept and a cross for what is missed, on either side of the line', () => {
    const svg = promisesPlot(runs);
    const goal = Number(/class="goal" x1="([\d.]+)"/.exec(svg)?.[1]);
    const [, circle] = /<circle class="kept" cx="([\d.]+)"/.exec(svg) ?? [];
    const [, cross] = /<path class="missed" [^>]*d="M([\d.]+)/.exec(svg) ?? [];
    expect(Number(circle)).toBeGreaterThan(goal);
    expect(Number(cross) + 6).toBeLessThan(goal);
  });
});
