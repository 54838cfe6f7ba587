import type { AnyStateNode } from 'xstate';
import { guardPhrase } from '../../src/inspect/chart/labels.ts';
import { childrenOf, nodesOf, type Row, rowsOf } from '../../src/inspect/chart/transitions.ts';
import { table } from '../table.ts';
import { drawTopLevel, drawWithin } from './mermaid.ts';

/** `docs/chart.md`: the six states, the inside of each, and every pair of state and event as a table. */
export function chartPage(root: AnyStateNode): string {
  const composed = childrenOf(root).filter((state) => childrenOf(state).length > 0);
  return `${[
    '# The chart',
    'Made from the machine by `npm run diagram`; do not edit. An arrow says what leads along it: a method, a signal, ' +
      'a word of the link or the provider, a deadline, or a condition. A state that stays where it is has no arrow; ' +
      'the tables below have every row.',
    '## The six states',
    fence(drawTopLevel(root)),
    '## The whole chart',
    'As the local inspector draws it ([how to watch a connection](inspectors.md)). What leads to a state from far ' +
      'within another is drawn between the outermost states that it leaves and enters.',
    '![Every state and every edge of the machine, drawn](chart.svg)',
    ...composed.flatMap((state) => [
      `## Inside \`${state.key}\``,
      ...describe(state),
      'What leaves from every state inside is drawn above.',
      fence(drawWithin(root, state)),
    ]),
    ...gate(root),
    '## Every state and event',
    'Rows of one event are tried from top to bottom. What a state does not list is answered by the state around it, ' +
      'and in the end by the chart itself.',
    ...nodesOf(root).flatMap((node) => section(root, node)),
  ].join('\n\n')}\n`;
}

/** Every path to a dial, whoever asked for it: they all enter the one state that dials. */
function gate(root: AnyStateNode): string[] {
  const gates = nodesOf(root).filter(dials);
  const paths = rowsOf(root).filter(({ target }) => target !== undefined && gates.includes(entered(target)));
  const cells = paths.map(({ source, trigger, guard, target }) => [
    source === root ? 'anywhere' : `\`${pathOf(source)}\``,
    triggerName(trigger),
    guard === undefined ? '' : guardPhrase(guard),
    target === undefined ? '' : `\`${pathOf(entered(target))}\``,
  ]);
  return [
    '## The one gate',
    `Only on entering ${gates.map((node) => `\`${pathOf(node)}\``).join(' and ')} does the machine dial: a new epoch ` +
      'begins, so that whatever an older attempt still says is stale, and the provider is asked for the credential of ' +
      'this very attempt. Every path to it, whoever asks:',
    table(['from', 'on', 'if', 'into'], cells),
  ];
}

function dials({ config }: AnyStateNode): boolean {
  return [config.entry].flat().includes('dial');
}

/** The state that is entered with a target: itself, or what is initial in it. */
function entered(target: AnyStateNode): AnyStateNode {
  const [first] = target.initial?.target ?? [];
  return dials(target) || first === undefined ? target : entered(first);
}

export function fence(text: string): string {
  return `\`\`\`mermaid\n${text}\n\`\`\``;
}

function section(root: AnyStateNode, node: AnyStateNode): string[] {
  const rows = rowsOf(root).filter(({ source }) => source === node);
  const name = node === root ? 'The chart itself' : `\`${pathOf(node)}\``;
  if (rows.length === 0) return [];
  return [`### ${name}`, ...describe(node), table(['on', 'if', 'goes to', 'does', 'why'], rows.map(cellsOf))];
}

function cellsOf({ trigger, guard, target, actions, description = '' }: Row): string[] {
  const does = actions.map((action) => (action === 'xstate.raise' ? 'raises an event' : action)).join(', ');
  const stays = does === '' ? 'ignored' : 'stays';
  const goesTo = target === undefined ? stays : `\`${pathOf(target)}\``;
  const condition = guard === undefined ? '' : guardPhrase(guard);
  return [triggerName(trigger), condition, goesTo, does, description];
}

function triggerName({ kind, name }: Row['trigger']): string {
  return kind === 'event' ? `\`${name}\`` : `${kind} ${name}`.trim();
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

function describe(node: AnyStateNode): string[] {
  return node.description === undefined ? [] : [node.description];
}
