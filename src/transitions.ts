import type { connectionMachine } from '../machines/connection.ts';
import type { ConnectionInput } from '../machines/context.ts';
import type { ConnectionEvent } from '../machines/events.ts';
import type { ConnectionSnapshot } from './status.ts';

type Machine = typeof connectionMachine;
type Scope = Parameters<Machine['transition']>[2];

/** One event that the chart handled, with what it was before and after. */
export interface Transition {
  readonly event: ConnectionEvent | { readonly type: `xstate.${string}` };
  readonly before: ConnectionSnapshot;
  readonly after: ConnectionSnapshot;
}

/** Ports that want to know. */
export interface Witness {
  /** An event changed something; what it raised belongs to it. Before anybody hears of the snapshot. */
  changed(transition: Transition): void;
}

/**
 * The machine of one connection, with its input. Given to XState among the options of an actor, it would cost each
 * actor 230 bytes more in V8, which makes a shape of its own for every copy of a default with one key more.
 */
export function begunWith(input: ConnectionInput, machine: Machine): Machine {
  return Object.assign(Object.create(witnessed(machine)) as Machine, { input });
}

/**
 * The machine, with a witness among the ports: XState gives its subscribers no event, and an inspector, which would
 * learn of it, is told so much else that each connection weighed more. One for all connections of the machine.
 */
export function witnessed(machine: Machine): Machine {
  let wrapped = known.get(machine);
  if (wrapped === undefined) {
    const transition: Machine['transition'] = (before, event, scope) => {
      const after = machine.transition(before, event, scope);
      if (hasChanged(before, after)) witnessOf(after).changed?.({ event, before, after });
      return after;
    };
    function getInitialSnapshot(this: { input?: ConnectionInput }, scope: Scope, input = this.input) {
      return machine.getInitialSnapshot(scope, input);
    }
    wrapped = Object.assign(Object.create(machine) as Machine, { transition, getInitialSnapshot });
    known.set(machine, wrapped);
  }
  return wrapped;
}

const known = new WeakMap<Machine, Machine>();

function witnessOf({ context }: ConnectionSnapshot): Partial<Witness> {
  return context.ports as Partial<Witness>;
}

function hasChanged(before: ConnectionSnapshot, after: ConnectionSnapshot): boolean {
  return before.context !== after.context || before.value !== after.value;
}
