import type { AnyStateNode } from 'xstate';
import { linesOf } from './labels.ts';
import { childTowards, type Row, rowsOf } from './transitions.ts';

/** An arrow of the drawing: all transitions that lead from one state to another, or within them. */
export interface DrawnEdge {
  /** `idle > authenticating`: paths of the states at its ends; `* > idle` for what leads there from any state. */
  readonly name: string;
  /** What leads along it. */
  readonly lines: readonly string[];
}

/**
 * Every edge of the chart. One that leads from deep within a state to deep within another is drawn between the two
 * outermost states that it leaves and enters; one that enters its own state again is a loop.
 */
export function edgesOf(root: AnyStateNode): DrawnEdge[] {
  const groups = new Map<string, Row[]>();
  for (const row of rowsOf(root)) {
    if (row.target === undefined) continue;
    const name = edgeName(...endsOf(root, row.source, row.target));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups].map(([name, rows]) => ({
    name,
    lines: name.startsWith(anywhere) ? ['from any state:', ...linesOf(rows)] : linesOf(rows),
  }));
}

/** What the machine itself declares holds in every state. */
const anywhere = '*';

export function edgeName(from: string, to: string): string {
  return `${from} > ${to}`;
}

function endsOf(root: AnyStateNode, source: AnyStateNode, target: AnyStateNode): [from: string, to: string] {
  const path = (node: AnyStateNode) => node.path.join('.');
  if (source === root) return [anywhere, path(childTowards(root, target) ?? target)];
  // The innermost state around both is not left.
  let around = source.parent;
  while (around !== undefined && childTowards(around, target) === undefined) around = around.parent;
  const outer = around ?? root;
  return [path(childTowards(outer, source) ?? source), path(childTowards(outer, target) ?? target)];
}
