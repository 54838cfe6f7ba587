import { chartStyle, dark, font, light } from '../chart/style.ts';

/** Colours of the panel that the chart does not have, by day and by night. */
const panelColours = {
  '--edge': ['#d9dee8', '#2b3346'],
  '--raised': ['#ffffff', '#171c28'],
  '--connected': ['#0b7a4b', '#3ddc97'],
  '--trying': ['#8a5a00', '#ffc24d'],
  '--failed': ['#b3261e', '#ff8a80'],
  '--focus': ['#1f5eff', '#8fb0ff'],
} as const;

const colours = Object.entries(light)
  .map(([name, value]) => [name, value, dark[name as keyof typeof dark]] as const)
  .concat(Object.entries(panelColours).map(([name, [day, night]]) => [name, day, night] as const));

/** How the panel looks. Light or dark as the page around it is (`color-scheme`). */
export const panelStyle = `
:host { all: initial; display: block; color-scheme: inherit; }
.panel {
  ${colours.map(([name, day, night]) => `${name}: light-dark(${day}, ${night});`).join(' ')}
  --font: ${font};
  box-sizing: border-box; height: 100%; min-height: 480px; container-type: size;
  display: flex; flex-direction: column; overflow: hidden;
  background: var(--ground); color: var(--text); font: 13px/1.4 var(--font);
}
.panel * { box-sizing: border-box; }
.panel p { margin: 0; }
.head { padding: 10px 14px; border-bottom: 1px solid var(--edge); }
.summary { min-height: 58px; }
.line { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.state-name { font-size: 15px; font-weight: 650; }
.state-name[data-state="connected"] { color: var(--connected); }
.state-name[data-state="authenticating"], .state-name[data-state="reconnecting"] { color: var(--trying); }
.state-name[data-state="auth-failed"], .state-name[data-state="exhausted"] { color: var(--failed); }
.detail, .cause { color: var(--quiet); }
.cause { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
.countdown { color: var(--last); font-variant-numeric: tabular-nums; }
.chart { flex: none; height: clamp(340px, 51.7cqw, 60cqh); overflow: auto; padding: 8px 14px; }
.chart svg { display: block; margin: 0 auto; width: 100%; height: 100%; min-width: 520px; }
${chartStyle}
@container (max-width: 820px) { .edge text { display: none; } .state text { font-size: 14px; } .state.top > text { font-size: 18px; } .state .leaf text { font-size: 12px; } }
.state rect, .edge path { transition: fill 150ms, stroke 150ms; }
.state[data-active] > rect { stroke: var(--connected); stroke-width: 2; fill: color-mix(in srgb, var(--connected) 14%, var(--ground)); }
.state.region[data-active] > rect { fill: none; }
.state[data-state^="reconnecting"][data-active] > rect, .state[data-state^="authenticating"][data-active] > rect { stroke: var(--trying); fill: color-mix(in srgb, var(--trying) 14%, var(--ground)); }
.state[data-state="auth-failed"][data-active] > rect, .state[data-state="exhausted"][data-active] > rect { stroke: var(--failed); fill: color-mix(in srgb, var(--failed) 14%, var(--ground)); }
.state[data-state="idle"][data-active] > rect { stroke: var(--quiet); fill: color-mix(in srgb, var(--quiet) 18%, var(--ground)); }
.edge[data-last] path { stroke: var(--last); stroke-width: 2.4; marker-end: url(#arrow-last); }
.edge[data-last] text { fill: var(--last); font-weight: 650; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 14px; border-top: 1px solid var(--edge); }
.tools button, .tools select, .tools input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 10px; min-height: 28px; }
.tools input { flex: 1 1 120px; min-width: 80px; }
.tools input.time { flex: 2 1 160px; padding: 0; border: none; background: none; accent-color: var(--focus); }
.tools button { cursor: pointer; }
.tools button[aria-pressed="true"] { background: var(--text); color: var(--ground); }
.panel :focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.count { color: var(--quiet); font-variant-numeric: tabular-nums; }
.log { flex: 1 1 0; min-height: 96px; overflow: auto; border-top: 1px solid var(--edge); font: 12px/24px ui-monospace, 'DejaVu Sans Mono', monospace; overflow-anchor: none; }
.rows { position: relative; min-width: 480px; }
.row { all: unset; box-sizing: border-box; position: absolute; left: 0; right: 0; height: 24px; padding: 0 14px; display: grid; grid-template-columns: 96px minmax(150px, 1.2fr) minmax(150px, 2fr) minmax(60px, 1fr); gap: 10px; white-space: nowrap; cursor: pointer; }
.row:hover { background: var(--state); }
.row[data-picked] { background: color-mix(in srgb, var(--focus) 16%, var(--ground)); }
.row span { overflow: hidden; text-overflow: ellipsis; }
.row .time, .row .stays { color: var(--quiet); }
.row .event.user { color: var(--focus); }
.row .event.link, .row .event.credential, .row .event.renewal { color: var(--connected); }
.row .event.world, .row .event.timer { color: var(--trying); }
.row .code { color: var(--failed); }
.details { margin: 0; max-height: 40%; flex: none; overflow: auto; border-top: 1px solid var(--edge); padding: 8px 14px; font: 12px/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.details:empty, [hidden] { display: none !important; }
@media (prefers-reduced-motion: reduce) { .state rect, .edge path { transition: none; } }
`;
