import { type SvgNode, svg } from '../../src/inspect/chart/svg.ts';
import { drawingFile, edge, round, theme } from '../drawing.ts';

/** A row of small plots with the same axes, so that they can be compared at a glance. */
export interface Figure {
  readonly title: string;
  readonly legend: readonly { readonly series: Series; readonly name: string }[];
  readonly rows: readonly (readonly Panel[])[];
}

export interface Panel {
  readonly title: string;
  /** The last second that is shown. */
  readonly seconds: number;
  readonly lines: readonly Line[];
  /** A value that is marked across the plot, in per cent. */
  readonly mark?: number | undefined;
}

export interface Line {
  readonly series: Series;
  /** Seconds from one value to the next; the first is that of 0. */
  readonly step: number;
  /** Shares, 1 for all. */
  readonly values: readonly number[];
}

export const seriesNames = ['a', 'b', 'c', 'd', 'e'] as const;
export type Series = (typeof seriesNames)[number];

const plot = { width: 250, height: 104 };
const margin = { left: 42, right: 16, top: 24, bottom: 30 };
const head = 58;

export function figureFile(figure: Figure): string {
  const { title, legend, rows } = figure;
  const cell = {
    width: margin.left + plot.width + margin.right,
    height: margin.top + plot.height + margin.bottom,
  };
  const width = cell.width * Math.max(...rows.map((row) => row.length)) + 8;
  const height = head + cell.height * rows.length + 4;
  const panels = rows.flatMap((row, y) =>
    row.map((panel, x) => panelAt(panel, x * cell.width + margin.left, head + y * cell.height + margin.top)),
  );
  const names = legend.flatMap(({ series, name }, index) => {
    const x = edge + index * 190;
    return [
      svg('path', { class: series, d: `M${x} 41h26` }),
      svg('text', { class: 'name', x: x + 32, y: 45 }, name),
    ];
  });
  return drawingFile({ title, width, height, style, parts: [...names, ...panels] });
}

function panelAt({ title, seconds, lines, mark }: Panel, left: number, top: number): SvgNode {
  const x = (second: number) => (second / seconds) * plot.width;
  // Some come several times within a second; the table has by how much.
  const y = (share: number) => plot.height * (1 - Math.min(1, share));
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    svg('path', { class: 'grid', d: `M0 ${y(share)}h${plot.width}` }),
    ...(share % 0.5 === 0
      ? [svg('text', { class: 'tick end', x: -5, y: y(share) + 3.5 }, `${share * 100} %`)]
      : []),
  ]);
  const times = [0, 1, 2, 3].map((part) => {
    const second = (seconds * part) / 3;
    return svg('text', { class: 'tick mid', x: x(second), y: plot.height + 13 }, `${second} s`);
  });
  const marked = mark === undefined ? [] : [svg('path', { class: 'mark', d: `M0 ${y(mark)}h${plot.width}` })];
  return svg(
    'g',
    { transform: `translate(${left} ${top})` },
    svg('text', { class: 'title', x: 0, y: -8 }, title),
    ...grid,
    ...times,
    ...marked,
    ...lines.map(({ series, step, values }) => {
      const points = values.map((value, index) => [x(index * step), y(value)] as const);
      return svg('path', { class: series, d: pathOf(points.filter(([at]) => at <= plot.width)) });
    }),
  );
}

type Point = readonly [number, number];

/** Points on a level line are left out: most of a course is one. */
function pathOf(points: readonly Point[]): string {
  const kept = points.filter(([, y], index) => {
    const [before, after] = [points[index - 1]?.[1], points[index + 1]?.[1]];
    return (
      before === undefined || after === undefined || round(before) !== round(y) || round(after) !== round(y)
    );
  });
  return kept.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

const day = { '--a': '#0b5fd0', '--b': '#c2410c', '--c': '#7c3aed', '--d': '#be185d', '--e': '#12803c' };
const night = { '--a': '#79b8ff', '--b': '#ff9b57', '--c': '#bda4ff', '--d': '#ff8fbd', '--e': '#71d38e' };
const dashes: Record<Series, string> = { a: '', b: '', c: '7 3', d: '2 2', e: '9 3 2 3' };

const style = [
  theme(day, night),
  'text { font: 400 10.5px var(--font); fill: var(--quiet); }',
  '.title { font: 600 11px var(--font); fill: var(--text); }',
  '.name { font: 500 12px var(--font); fill: var(--text); }',
  '.end { text-anchor: end; } .mid { text-anchor: middle; }',
  'path { fill: none; stroke-width: 1.4; stroke-linejoin: round; }',
  '.grid { stroke: var(--line); stroke-width: 0.6; opacity: 0.35; }',
  '.mark { stroke: var(--text); stroke-width: 1; stroke-dasharray: 1 3; }',
  ...seriesNames.map(
    (name) => `.${name} { stroke: var(--${name}); ${dashes[name] && `stroke-dasharray: ${dashes[name]};`} }`,
  ),
  '.a { stroke-width: 2.4; }',
].join('\n');
