/** What the drawings in docs have in common: a file that stands alone, on a ground of its own, for light and dark pages. */
import { dark, font, light, rule } from '../src/inspect/chart/style.ts';
import { type SvgNode, svg, svgNamespace, toText } from '../src/inspect/chart/svg.ts';

/** Custom properties, by name. */
type Colours = Readonly<Record<string, string>>;

/** The colours of the chart, and more, as a style for day and night. */
export function theme(day: Colours = {}, night: Colours = {}): string {
  return [
    rule('svg', { ...light, ...day, '--font': font }),
    `@media (prefers-color-scheme: dark) { ${rule('svg', { ...dark, ...night })} }`,
  ].join('\n');
}

export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** With the colours that it uses (`theme`). */
  readonly style: string;
  readonly parts: readonly SvgNode[];
}

/** The text of the file. */
export function drawingFile({ title, width, height, style, parts }: Drawing): string {
  const drawing = svg(
    'svg',
    { xmlns: svgNamespace, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    svg('title', {}, title),
    svg('style', {}, `${style}\n${common}`),
    svg('rect', { class: 'ground', width, height }),
    svg('text', { class: 'head', x: edge, y: 22 }, title),
    ...parts,
  );
  return `${toText(drawing)}\n`;
}

/** Where what is on the left begins. */
export const edge = 12;

/** No finer than anybody sees. */
export function round(value: number): number {
  return Number(value.toFixed(1));
}

const common = [
  '.ground { fill: var(--ground); }',
  '.head { font: 650 14px var(--font); fill: var(--text); }',
].join('\n');
