import { chartStyle } from '../../src/inspect/chart/style.ts';
import { type SvgNode, svg, toText } from '../../src/inspect/chart/svg.ts';
import { theme } from '../drawing.ts';

/** The drawing as a file that stands alone: it brings its style, for light and dark pages. */
export function chartFile(drawing: SvgNode): string {
  const style = [theme(), 'svg { background: var(--ground); }', chartStyle.trim()].join('\n');
  return `${toText({ ...drawing, children: [svg('style', {}, style), ...drawing.children] })}\n`;
}
