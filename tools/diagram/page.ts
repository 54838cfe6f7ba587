import type { AnyStateNode } from 'xstate';
import { guardPhrase } from './labels.ts';
import { drawTopLevel, drawWithin } from './mermaid.ts';
import { childrenOf, nodesOf, type Row, rowsOf } from './transitions.ts';

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
    ...composed.flatMap((state) => [
      `## Inside \`${state.key}\``,
      ...describe(state),
      'What leaves from every state inside is drawn above.',
      fence(drawWithin(root, state)),
    ]),
    '## Every state and event',
    'Rows of one event are tried from top to bottom. What a state does not list is answered by the state around it, ' +
      'and in the end by the chart itself.',
    ...nodesOf(root).flatMap((node) => section(root, node)),
  ].join('\n\n')}\n`;
}

export function fence(text: string): string {
  return `\`\`\`mermaid\n${text}\n\`\`\``;
}

function section(root: AnyStateNode, node: AnyStateNode): string[] {
  const rows = rowsOf(root).filter(({ source }) => source === node);
  const name = node === root ? 'The chart itself' : `\`${pathOf(node)}\``;
  if (rows.length === 0) return [];
  return [
    `### ${name}`,
    ...describe(node),
    ['| on | if | goes to | does | why |', '|---|---|---|---|---|', ...rows.map(line)].join('\n'),
  ];
}

function line({ trigger, guard, target, actions, description = '' }: Row): string {
  const on = trigger.kind === 'event' ? `\`${trigger.name}\`` : `${trigger.kind} ${trigger.name}`.trim();
  const does = actions.map((action) => (action === 'xstate.raise' ? 'raises an event' : action)).join(', ');
  const stays = does === '' ? 'ignored' : 'stays';
  const goesTo = target === undefined ? stays : `\`${pathOf(target)}\``;
  const condition = guard === undefined ? '' : guardPhrase(guard);
  return `| ${[on, condition, goesTo, does, description].join(' | ')} |`;
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

function describe(node: AnyStateNode): string[] {
  return node.description === undefined ? [] : [node.description];
}
