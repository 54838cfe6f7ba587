/** How the chart looks. The colours are custom properties, which the page around it gives (`light`, `dark`). */
export const chartStyle = `
.state rect { fill: var(--state); stroke: var(--line); }
.state text { font: 500 11px var(--font); fill: var(--text); }
.state.top > text { font: 650 14px var(--font); }
.state.region > rect { fill: none; stroke-dasharray: 4 3; }
.edge path { fill: none; stroke: var(--line); stroke-width: 1.2; marker-end: url(#arrow); }
.edge text { font: 400 10px var(--font); fill: var(--quiet); paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
.arrow { fill: var(--line); }
.arrow-last { fill: var(--last); }
`;

/** What each colour is for, by day and by night. */
export const light = {
  '--ground': '#ffffff',
  '--state': '#f4f6fa',
  '--line': '#7b8699',
  '--text': '#1b2333',
  '--quiet': '#56607a',
  '--last': '#b4470a',
};

export const dark: typeof light = {
  '--ground': '#12161f',
  '--state': '#1b2130',
  '--line': '#76829a',
  '--text': '#e8ecf5',
  '--quiet': '#a5afc4',
  '--last': '#ffa057',
};

export const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** As a rule: `svg { --ground: …; … }`. */
export function rule(selector: string, colours: Readonly<Record<string, string>>): string {
  const lines = Object.entries(colours).map(([name, value]) => `${name}: ${value};`);
  return `${selector} { ${lines.join(' ')} }`;
}
