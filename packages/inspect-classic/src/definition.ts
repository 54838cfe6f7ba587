/** What is read of a state node of XState 5. */
export interface ChartNode {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly parent?: ChartNode | undefined;
  readonly states: Readonly<Record<string, ChartNode>>;
  readonly initial?: { readonly target?: readonly ChartNode[] | undefined };
  readonly transitions: ReadonlyMap<string, readonly ChartRow[]>;
  readonly always?: readonly ChartRow[] | undefined;
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[];
  readonly tags: readonly string[];
  readonly description?: string | undefined;
  readonly history: unknown;
  readonly config: { readonly target?: unknown; readonly entry?: unknown; readonly exit?: unknown };
}

interface ChartRow {
  readonly source: ChartNode;
  readonly target: readonly ChartNode[] | undefined;
  readonly reenter: boolean;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly description?: string | undefined;
}

/** A machine as `createMachine` of XState 4 takes it. Plain data: guards, actions and actors are names. */
export function definitionOf(root: ChartNode): object {
  return { ...stateOf(root), predictableActionArguments: true };
}

function stateOf(node: ChartNode): object {
  const [first] = node.initial?.target ?? [];
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    ...(first !== undefined && { initial: first.key }),
    ...(node.type === 'history' && { history: node.history, target: node.config.target }),
    description: node.description,
    tags: [...node.tags],
    // As they were written: XState adds what starts and ends its timers.
    entry: actionsOf(node.config.entry),
    exit: actionsOf(node.config.exit),
    invoke: node.invoke.map(({ id, src }) => ({ id, src: nameOf(src) })),
    on: Object.fromEntries(
      [...node.transitions].map(([type, rows]) => [classicEventType(type), rows.map(rowOf)]),
    ),
    ...(node.always && { always: node.always.map(rowOf) }),
    states: Object.fromEntries(Object.entries(node.states).map(([key, child]) => [key, stateOf(child)])),
  };
}

function rowOf({ source, target, reenter, guard, actions, description }: ChartRow): object {
  return {
    ...(target && { target: target.map(({ id }) => `#${id}`) }),
    // Where XState 5 stays inside by itself, XState 4 has to be told.
    ...(target && { internal: !reenter && target.every((node) => isWithin(node, source)) }),
    ...(guard !== undefined && { cond: nameOf(guard) }),
    actions: actionsOf(actions),
    description,
  };
}

/**
 * Events that XState makes by itself are named otherwise in XState 4: `xstate.after.wait.chart.a` is
 * `xstate.after(wait)#chart.a` there.
 */
export function classicEventType(type: string): string {
  return type
    .replace(/^xstate\.after\.([^.]+)\./, 'xstate.after($1)#')
    .replace(/^xstate\.done\.actor\./, 'done.invoke.')
    .replace(/^xstate\.error\.actor\./, 'error.platform.')
    .replace(/^xstate\.done\.state\./, 'done.state.');
}

/** XState 4 would carry out `xstate.raise` and its like, and fail for what they lack. */
function actionsOf(actions: unknown = []): object[] {
  return [actions].flat().map((action) => ({ type: nameOf(action).replace(/^xstate\./, '') }));
}

/** A reference by name, by `{ type }`, by a function that has a type or a name, or by guards that are put together. */
function nameOf(referred: unknown): string {
  if (typeof referred === 'string') return referred;
  const { type, name, guards } = referred as { type?: unknown; name?: unknown; guards?: readonly unknown[] };
  if (guards?.length === 1) return `${name} ${nameOf(guards[0])}`;
  if (guards !== undefined) return guards.map(nameOf).join(` ${name} `);
  return String(type || name || 'inline');
}

function isWithin(node: ChartNode, ancestor: ChartNode): boolean {
  if (node === ancestor) return true;
  return node.parent !== undefined && isWithin(node.parent, ancestor);
}
