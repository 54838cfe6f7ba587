/** What every drawing here is made of. Each has a ground of its own: a page may be light where the reader's system is dark. */
const style = `
  .ground { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 15px }
  .small, .tick { fill: #59636e; font-size: 12px }
  .grid { stroke: #d0d7de }
  .goal { stroke: #1f2328; stroke-width: 2 }
  .kept { stroke: #1a7f37; fill: #1a7f37 }
  .missed { stroke: #cf222e; fill: #cf222e }
  text.kept, text.missed { stroke: none }
  .ours { fill: #0969da }
  .theirs { fill: #8c959f }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .small, .tick { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .goal, .spread { stroke: #f0f6fc }
    .kept { stroke: #3fb950; fill: #3fb950 }
    .missed { stroke: #f85149; fill: #f85149 }
    .ours { fill: #4493f8 }
    .theirs { fill: #656c76 }
  }`;

export const width = 960;

export function drawing(title: string, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}\n</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    text(20, 30, title, 'title'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, words: string, look = '', anchor = 'start'): string {
  const attributes = [
    look === '' ? '' : ` class="${look}"`,
    anchor === 'start' ? '' : ` text-anchor="${anchor}"`,
  ].join('');
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escaped(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, look: string): string {
  return `<line class="${look}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

export function bar(x: number, y: number, length: number, height: number, look: string): string {
  return `<rect class="${look}" x="${round(x)}" y="${round(y)}" width="${round(length)}" height="${height}" rx="2"/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
