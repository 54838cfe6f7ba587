import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createMachine, State } from 'xstate';
import { connectionMachine } from '../../../machines/connection.ts';
import { nodesOf } from '../../../src/inspect/chart/transitions.ts';
import { type Step, walk } from '../../../test/machines/chart-walk.ts';
import * as xstate5 from '../../../test/support/xstate-5.ts';
import { classicEventType, definitionOf } from '../src/definition.ts';

const chart = connectionMachine.root;
/** As the receiver makes it, of text. */
const classic = received(chart);

function received(root: xstate5.AnyStateNode, guards = {}): AnyStateMachine {
  return createMachine(JSON.parse(JSON.stringify(definitionOf(root))), { guards });
}

describe('the chart, as XState 4 reads it', () => {
  test('[IN-2] has every state, each of its kind and with its first child', () => {
    const states = nodesOf(chart);
    expect(states.length).toBeGreaterThan(30);
    expect([...classic.stateIds].sort()).toEqual(states.map(({ id }) => id).sort());
    for (const state of states) {
      const found = classic.getStateNodeById(state.id);
      expect([found.type, found.path]).toEqual([state.type, state.path]);
      expect(found.initial).toBe(state.initial.target?.[0]?.key);
      expect([found.description, found.tags]).toEqual([state.description, state.tags]);
      expect(found.invoke.map(({ id }) => id)).toEqual(state.invoke.map(({ id }) => id));
    }
  });

  test('[IN-2] has every row, in order: event, condition, target', () => {
    const rows = nodesOf(chart).flatMap((state) => [
      ...[...state.transitions.values()].flat(),
      ...(state.always ?? []),
    ]);
    expect(rows.length).toBeGreaterThan(150);
    const found = nodesOf(chart).flatMap(({ id }) => classic.getStateNodeById(id).transitions);
    expect(found.map(rowOfXState4)).toEqual(rows.map(rowOfXState5));
  });
});

describe('XState 4 and the live machine', () => {
  const steps = [
    /^(connect|granted|opened|no: network, backoff|online|offline|visible|resumed|suspended|alive|a ghost|no sign .*|no last .*|held .*|the wait .*)$/,
    /^(connect|disconnect|retry|granted|granted the refused one|nobody signed in|no: credential, now|lost: network, now|lost: superseded, never|opened|the wait is over|online|offline|suspended|resumed)$/,
  ].flatMap((tried) => walk({ isTried: ({ row }) => tried.test(row) }));
  const judging = received(chart, liveGuards());

  test('[IN-2] choose the same rows, whatever happens in whatever state', () => {
    expect(steps.length).toBeGreaterThan(4_000);
    for (const step of steps) {
      const chosen = connectionMachine.getTransitionData(step.from, step.asked.event as never);
      const { transitions = [] } = judging.getTransitionData(stateBefore(step), eventOf(step)) ?? {};
      expect(transitions.map(rowOfXState4).sort()).toEqual(chosen.map(rowOfXState5).sort());
    }
  });

  test('[IN-2] end in the same state, where the step is one', { timeout: 30_000 }, () => {
    let compared = 0;
    for (const step of steps) {
      const [first, ...more] = xstate5.getMicrosteps(connectionMachine, step.from, step.asked.event as never);
      if (first === undefined || more.length > 0) continue;
      compared += 1;
      expect(judging.transition(stateBefore(step), eventOf(step)).value).toEqual(first[0].value);
    }
    expect(compared).toBeGreaterThan(2_000);
  });

  /** The state before the step, with the context of the live machine. */
  function stateBefore({ from }: Step) {
    return judging.resolveState(State.from(from.value as never, from.context));
  }
});

describe('what this chart does not use', () => {
  const { and, createMachine: createMachine5, fromPromise, not, or, raise, stateIn } = xstate5;
  const machine = createMachine5({
    initial: 'working',
    states: {
      working: {
        initial: 'first',
        entry: raise({ type: 'begun' }),
        exit: ['leave', function tidy() {}, () => {}, { type: 'count', params: { by: 2 } }],
        invoke: { id: 'load', src: fromPromise(async () => 1), onDone: '.second', onError: 'paused' },
        states: {
          first: {},
          second: {},
          third: { type: 'final' },
          last: { type: 'history', history: 'deep', target: 'second' },
        },
        onDone: 'over',
        after: { 1500: '.second' },
        on: {
          pause: 'paused',
          again: { target: 'working', reenter: true },
          inside: '.second',
          finish: '.third',
          either: { guard: or(['a', and(['b', not('c')])]), target: 'paused' },
        },
      },
      paused: {
        id: 'paused',
        on: { resume: '#(machine).working.last', '*': { guard: stateIn('#paused'), actions: () => {} } },
      },
      over: { type: 'final' },
    },
  });
  const read = received(machine.root);
  const { working, paused } = (definitionOf(machine.root) as { states: Record<string, Node> }).states;
  type Node = { exit: unknown; on: Rows };
  type Rows = Record<string, { internal?: boolean; cond?: string; actions: { type: string }[] }[]>;

  test('[IN-2] events that XState makes are named as in XState 4', () => {
    const after = (event: string) => read.transition('working', event).value;
    expect(after('xstate.after(1500)#(machine).working')).toEqual({ working: 'second' });
    expect(after('done.invoke.load')).toEqual({ working: 'second' });
    expect(after('error.platform.load')).toBe('paused');
    expect(after('finish')).toBe('over');
  });

  test('[IN-2] a history state leads back', () => {
    const left = read.transition({ working: 'first' }, 'pause');
    expect(left.value).toBe('paused');
    expect(read.transition(left, 'resume').value).toEqual({ working: 'first' });
    expect(read.transition('paused', 'resume').value).toEqual({ working: 'second' });
  });

  test('[IN-2] a transition is internal where XState 5 does not leave the state', () => {
    const internal = Object.entries(working?.on ?? {}).map(([event, [row]]) => [event, row?.internal]);
    expect(internal).toEqual(
      expect.arrayContaining([
        ['again', false],
        ['inside', true],
        ['pause', false],
      ]),
    );
  });

  test('[IN-2] guards and actions are names, also those that have none', () => {
    expect(working?.on['either']?.[0]?.cond).toBe('a or b and not c');
    expect(paused?.on['*']?.[0]).toMatchObject({ cond: 'stateIn', actions: [{ type: 'actions' }] });
    expect(working?.exit).toEqual([
      { type: 'leave' },
      { type: 'tidy' },
      { type: 'inline' },
      { type: 'count' },
    ]);
  });

  test('[IN-2] XState 4 does not carry out what XState 5 has done', () => {
    const { actions } = read.transition('paused', 'resume');
    expect(actions.map(({ type }) => type)).not.toContain('xstate.raise');
    expect(read.initialState.actions.map(({ type }) => type)).toContain('raise');
  });
});

function eventOf({ asked: { event } }: Step) {
  return { ...event, type: classicEventType(event.type) };
}

/** The names of the guards mean what they mean in the live machine. */
function liveGuards() {
  const { guards } = connectionMachine.implementations as unknown as {
    guards: Record<string, (said: object, params: unknown) => boolean>;
  };
  const names = nodesOf(chart).flatMap(({ id }) =>
    classic.getStateNodeById(id).transitions.flatMap(({ cond }) => cond?.name ?? []),
  );
  // Both steps of restoring have the same bounds in the walks: which one it is makes no difference.
  const holds = (name: string, said: object) => guards[name]?.(said, 'rooms');
  const judge = (name: string) => (context: unknown, event: unknown) =>
    name.split(' and ').every((each) => holds(each, { context, event }));
  return Object.fromEntries(names.map((name) => [name, judge(name)]));
}

function rowOfXState4({
  source,
  eventType,
  cond,
  target = [],
}: AnyStateMachine['transitions'][number]): string {
  return `${source.id} ${eventType} [${cond?.name ?? ''}] ${target.map(({ id }) => id)}`;
}

function rowOfXState5({ source, eventType, guard, target = [] }: xstate5.AnyTransitionDefinition): string {
  return `${source.id} ${nameInXState4(eventType)} [${guardName(guard)}] ${target.map(({ id }) => id)}`;
}

function nameInXState4(eventType: string): string {
  const [, delay, id] = /^xstate\.after\.(\w+)\.(.*)$/.exec(eventType) ?? [];
  return delay === undefined ? eventType : `xstate.after(${delay})#${id}`;
}

function guardName(guard: unknown): string {
  if (guard === undefined || typeof guard === 'string') return guard ?? '';
  const { type, guards } = guard as { type?: string; guards?: unknown[] };
  return guards?.map(guardName).join(' and ') ?? String(type);
}
