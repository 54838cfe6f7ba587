import type { AnyStateNode } from 'xstate';
import { linesOf } from './labels.ts';
import { childrenOf, childTowards, type Row, rowsOf } from './transitions.ts';

/** An arrow of a drawing: all rows that lead from one state to another. */
export interface Edge {
  readonly from: AnyStateNode;
  readonly to: AnyStateNode;
  /** What leads along it. */
  readonly lines: readonly string[];
}

/** The chart seen from above: what happens inside a state is taken for its own; what stays there is no edge. */
export function topLevelEdges(root: AnyStateNode): Edge[] {
  const rows = rowsOf(root).flatMap((row) => {
    if (row.source !== root) return [row];
    // What the root declares holds in every state that has no word of its own about it.
    return childrenOf(root)
      .filter((state) => !decidesAlone(state, row))
      .map((source) => ({ ...row, source }));
  });
  return merge(rows, (node) => childTowards(root, node));
}

/**
 * The chart from within one state: what leads from child to child, out, and in. Rows of the state itself are left to
 * the view from above.
 */
export function edgesWithin(root: AnyStateNode, state: AnyStateNode): Edge[] {
  const rows = rowsOf(root).filter(({ source, target }) => {
    const leaves = childTowards(state, source) !== undefined;
    const enters = target !== undefined && childTowards(state, target) !== undefined;
    return leaves || (enters && source !== state && source !== root);
  });
  return merge(rows, (node) => childTowards(state, node) ?? childTowards(root, node));
}

function decidesAlone(state: AnyStateNode, { trigger }: Row): boolean {
  return (state.transitions.get(trigger.name) ?? []).some(({ guard }) => guard === undefined);
}

function merge(rows: readonly Row[], lift: (node: AnyStateNode) => AnyStateNode | undefined): Edge[] {
  const groups = new Map<string, { from: AnyStateNode; to: AnyStateNode; rows: Row[] }>();
  for (const row of rows) {
    const from = lift(row.source);
    const to = row.target && lift(row.target);
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from.id} ${to.id}`;
    const group = groups.get(key) ?? { from, to, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return [...groups.values()]
    .sort((a, b) => a.from.order - b.from.order || a.to.order - b.to.order)
    .map((group) => ({ from: group.from, to: group.to, lines: linesOf(group.rows) }));
}
