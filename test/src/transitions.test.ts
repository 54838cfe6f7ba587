import { describe, expect, test, vi } from 'vitest';
import type { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionInput } from '../../machines/context.ts';
import type { ConnectionSnapshot } from '../../src/status.ts';
import { pathOf } from '../../src/trace.ts';
import { begunWith, witnessed } from '../../src/transitions.ts';

type Machine = typeof connectionMachine;

const event = { type: 'user.connect' } as const;
const scope = {} as Parameters<Machine['transition']>[2];

function stand(changed?: () => void) {
  const context = { ports: { changed } };
  const snapshot = (value: string, other = context) =>
    ({ value, context: other }) as unknown as ConnectionSnapshot;
  const machine = (after: ConnectionSnapshot) =>
    ({ id: 'chart', transition: () => after }) as unknown as Machine;
  return { context, snapshot, machine, before: snapshot('idle') };
}

describe('a transition', () => {
  test('[ST-5] is told to the ports with its event, and with what was before and after', () => {
    const changed = vi.fn();
    const { snapshot, machine, before, context } = stand(changed);
    for (const after of [snapshot('away'), snapshot('idle', { ...context })]) {
      expect(witnessed(machine(after)).transition(before, event, scope)).toBe(after);
      expect(changed).toHaveBeenLastCalledWith({ event, before, after });
    }
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('[ST-5] is none if nothing has changed', () => {
    const changed = vi.fn();
    const { snapshot, machine, before } = stand(changed);
    const after = snapshot('idle');
    expect(witnessed(machine(after)).transition(before, event, scope)).toBe(after);
    expect(changed).not.toHaveBeenCalled();
  });

  test('[ST-5] needs nobody who wants to know', () => {
    const { snapshot, machine, before } = stand();
    expect(() => witnessed(machine(snapshot('away'))).transition(before, event, scope)).not.toThrow();
  });

  test('[ST-5] changes nothing else about the machine, which is wrapped once for all connections', () => {
    const { machine, before } = stand();
    const plain = machine(before);
    expect(witnessed(plain).id).toBe('chart');
    expect(witnessed(plain)).toBe(witnessed(plain));
    expect(witnessed(machine(before))).not.toBe(witnessed(plain));
  });

  test('[ST-5] is one of a machine that begins with the input of its connection, or with what XState has', () => {
    const { machine, before } = stand();
    const getInitialSnapshot = vi.fn();
    const plain = Object.assign(machine(before), { getInitialSnapshot });
    const [one, other] = [{} as ConnectionInput, {} as ConnectionInput];
    begunWith(one, plain).getInitialSnapshot(scope);
    begunWith(other, plain).getInitialSnapshot(scope);
    begunWith(other, plain).getInitialSnapshot(scope, one);
    const inputs = getInitialSnapshot.mock.calls.map(([, input]) => input);
    expect(inputs.map((input) => input === one)).toEqual([true, false, true]);
    expect(inputs[1]).toBe(other);
    expect(begunWith(one, plain).transition).toBe(witnessed(plain).transition);
  });
});

test.each<[unknown, string]>([
  ['resting', 'resting'],
  [{ trying: 'first' }, 'trying.first'],
  [{ trying: { first: 'dialing' } }, 'trying.first.dialing'],
  [{ up: { session: 'fresh', link: 'proven', credential: 'healthy' } }, 'up.(fresh,proven,healthy)'],
  [{ up: { session: { restoring: 'asking' }, link: 'proven' } }, 'up.(restoring.asking,proven)'],
])('[ST-5] the state %o is told as %s, again and again', (value, path) => {
  expect([pathOf(value), pathOf(value)]).toEqual([path, path]);
});
