import type { AnyStateNode } from 'xstate';
import { type Edge, edgesWithin, topLevelEdges } from '../../src/inspect/chart/edges.ts';
import { childrenOf } from '../../src/inspect/chart/transitions.ts';

/** The chart seen from above, as Mermaid text. */
export function drawTopLevel(root: AnyStateNode): string {
  return draw([
    ...childrenOf(root).map((state) => declare(state)),
    ...beginning(root),
    ...topLevelEdges(root).map(arrow),
  ]);
}

/** What is inside one state, with the states around it that its insides lead to or come from. */
export function drawWithin(root: AnyStateNode, state: AnyStateNode): string {
  if (state.type === 'parallel') return draw(regions(root, state));
  const edges = edgesWithin(root, state);
  const around = childrenOf(root).filter((outer) =>
    edges.some(({ from, to }) => from === outer || to === outer),
  );
  return draw([
    ...childrenOf(state).flatMap((child) => inside(root, child)),
    ...around.map((outer) => declare(outer)),
    ...beginning(state),
    ...edges.map(arrow),
  ]);
}

/** Mermaid takes no hyphen in an id. */
export function idOf(node: AnyStateNode): string {
  return node.path.join('_').replaceAll('-', '_');
}

function draw(lines: readonly string[]): string {
  return ['stateDiagram-v2', ...['direction LR', ...lines].map((line) => `  ${line}`)].join('\n');
}

function regions(root: AnyStateNode, state: AnyStateNode): string[] {
  const bodies = childrenOf(state).map((region) => [
    ...childrenOf(region).map((child) => declare(child)),
    ...beginning(region),
    // What leads out of a region leads out of the state: that is drawn from above.
    ...edgesWithin(root, region)
      .filter(({ to }) => to.parent === region)
      .map(arrow),
  ]);
  const divided = bodies.flatMap((body, index) => (index === 0 ? body : ['--', ...body]));
  return [`state "${state.key}" as ${idOf(state)} {`, ...divided.map((line) => `  ${line}`), '}'];
}

function inside(root: AnyStateNode, state: AnyStateNode): string[] {
  const children = childrenOf(state);
  if (children.length === 0) return [declare(state)];
  const own = edgesWithin(root, state).filter(({ from, to }) => from.parent === state && to.parent === state);
  const body = [...children.flatMap((child) => inside(root, child)), ...beginning(state), ...own.map(arrow)];
  return [`state "${state.key}" as ${idOf(state)} {`, ...body.map((line) => `  ${line}`), '}'];
}

function declare(state: AnyStateNode): string {
  return `state "${state.key}" as ${idOf(state)}`;
}

function beginning(state: AnyStateNode): string[] {
  return (state.initial?.target ?? []).map((first) => `[*] --> ${idOf(first)}`);
}

function arrow({ from, to, lines }: Edge): string {
  const label = lines.length === 0 ? '' : ` : ${lines.join('<br/>')}`;
  return `${idOf(from)} --> ${idOf(to)}${label}`;
}
