import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** One row of a chart: in this state, on this trigger, under this condition, there. */
export interface Row {
  readonly source: AnyStateNode;
  readonly trigger: Trigger;
  /** Name of the guard. */
  readonly guard: string | undefined;
  /** `undefined`: the state stays. */
  readonly target: AnyStateNode | undefined;
  /** Names of the actions. */
  readonly actions: readonly string[];
  readonly description: string | undefined;
}

export interface Trigger {
  readonly kind: 'event' | 'after' | 'always';
  /** The event's type, the delay's name, or nothing. */
  readonly name: string;
}

/** Every transition of the chart, state by state in the order they are written in. */
export function rowsOf(root: AnyStateNode): Row[] {
  return nodesOf(root).flatMap((node) => ownRows(node));
}

/** The node and all below it. */
export function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

export function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).sort((a, b) => a.order - b.order);
}

/** The child of `ancestor` that `node` is or lies in; `undefined` outside of it and for `ancestor` itself. */
export function childTowards(ancestor: AnyStateNode, node: AnyStateNode): AnyStateNode | undefined {
  let step: AnyStateNode | undefined = node;
  while (step !== undefined && step.parent !== ancestor) step = step.parent;
  return step;
}

function ownRows(source: AnyStateNode): Row[] {
  const events = [...source.transitions]
    .filter(([type]) => !type.startsWith('xstate.'))
    .flatMap(([name, found]) => found.map((each) => rowOf(source, { kind: 'event', name }, each)));
  const delays = source.after.map((each) => rowOf(source, { kind: 'after', name: String(each.delay) }, each));
  const passing = (source.always ?? []).map((each) => rowOf(source, { kind: 'always', name: '' }, each));
  return [...events, ...delays, ...passing];
}

/** Between the names of guards that hold together. */
export const allOf = ' and ';

function rowOf(source: AnyStateNode, trigger: Trigger, definition: AnyTransitionDefinition): Row {
  const { guard, target, actions, description } = definition;
  return {
    source,
    trigger,
    guard: guard === undefined ? undefined : nameOf(guard),
    target: target?.[0],
    actions: actions.map(nameOf),
    description,
  };
}

/** Guards and actions are named by a string, by `{ type }`, by the `type` of a built-in function, or by those of `and()`. */
function nameOf(referred: unknown): string {
  if (typeof referred === 'string') return referred;
  const { type, guards } = referred as { readonly type?: unknown; readonly guards?: readonly unknown[] };
  return guards === undefined ? String(type) : guards.map(nameOf).join(allOf);
}
