/** What the drawings of the kept runs are made of. */
import { type SvgNode, svg } from '../../src/inspect/chart/svg.ts';
import { drawingFile, round, theme } from '../drawing.ts';

export const width = 960;

export function plotFile(title: string, height: number, parts: readonly SvgNode[]): string {
  return drawingFile({ title, width, height, style, parts });
}

export function text(x: number, y: number, words: string, look = '', anchor = 'start'): SvgNode {
  const attributes = {
    ...(look !== '' && { class: look }),
    ...{ x: round(x), y: round(y) },
    ...(anchor !== 'start' && { 'text-anchor': anchor }),
  };
  return svg('text', attributes, words);
}

export function line(x1: number, y1: number, x2: number, y2: number, look: string): SvgNode {
  return svg('line', { class: look, x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) });
}

export function bar(x: number, y: number, length: number, height: number, look: string): SvgNode {
  return svg('rect', { class: look, x: round(x), y: round(y), width: round(length), height, rx: 2 });
}

const day = { '--kept': '#1a7f37', '--missed': '#cf222e', '--ours': '#0b5fd0', '--theirs': '#8c959f' };
const night = { '--kept': '#3fb950', '--missed': '#f85149', '--ours': '#4493f8', '--theirs': '#656c76' };

const style = [
  theme(day, night),
  'text { font: 400 13px var(--font); fill: var(--text); }',
  '.small, .tick { font-size: 12px; fill: var(--quiet); }',
  '.grid { stroke: var(--line); opacity: 0.35; }',
  '.goal { stroke: var(--text); stroke-width: 2; }',
  '.kept { stroke: var(--kept); fill: var(--kept); }',
  '.missed { stroke: var(--missed); fill: var(--missed); }',
  'text.kept, text.missed { stroke: none; }',
  '.ours { fill: var(--ours); }',
  '.theirs { fill: var(--theirs); }',
  '.spread { stroke: var(--text); stroke-width: 1.5; }',
].join('\n');
