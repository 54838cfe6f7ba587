import { chartStyle, dark, font, light, rule } from '../../src/inspect/chart/style.ts';
import { type SvgNode, svg, toText } from '../../src/inspect/chart/svg.ts';

/** The drawing as a file that stands alone: it brings its style, for light and dark pages. */
export function chartFile(drawing: SvgNode): string {
  const style = [
    rule('svg', { ...light, '--font': font, background: 'var(--ground)' }),
    `@media (prefers-color-scheme: dark) { ${rule('svg', dark)} }`,
    chartStyle.trim(),
  ].join('\n');
  return `${toText({ ...drawing, children: [svg('style', {}, style), ...drawing.children] })}\n`;
}
