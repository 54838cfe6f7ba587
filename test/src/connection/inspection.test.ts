import { describe, expect, test } from 'vitest';
import type { InspectionEvent } from 'xstate';
import type { Inspector } from '../../../src/index.ts';
import { createHarness, type Harness } from '../../support/harness.ts';
import { placeOf } from '../../support/places.ts';

async function live(h: Harness): Promise<void> {
  await h.goLive();
  h.dial.lose();
  await h.pass(1_000);
  await h.grant();
  h.dial.open();
}

describe('an inspector', () => {
  test.each<[string, (note: (event: InspectionEvent) => void) => Inspector]>([
    ['a function', (note) => note],
    ['an observer', (next) => ({ next })],
  ])('[IN-1] that is %s sees actors, events and snapshots', async (_, make) => {
    const seen: InspectionEvent[] = [];
    await live(createHarness({ inspect: make((event) => seen.push(event)) }));
    const types = new Set(seen.map(({ type }) => type));
    expect([...types]).toEqual(
      expect.arrayContaining(['@xstate.actor', '@xstate.event', '@xstate.snapshot', '@xstate.microstep']),
    );
    const told = seen.flatMap((each) => (each.type === '@xstate.event' ? [each.event.type] : []));
    expect(told).toEqual(
      expect.arrayContaining(['user.connect', 'credential.granted', 'link.opened', 'link.lost']),
    );
  });

  test('[IN-1] that is an observer is called as its method', async () => {
    class Observer {
      readonly seen: string[] = [];
      next(event: InspectionEvent): void {
        this.seen.push(event.type);
      }
    }
    const inspect = new Observer();
    await live(createHarness({ inspect }));
    expect(inspect.seen.length).toBeGreaterThan(10);
  });

  test.each([
    '@xstate.actor',
    '@xstate.event',
    '@xstate.snapshot',
    '@xstate.microstep',
    '@xstate.action',
    '@xstate.transition',
  ])('[IN-1, LC-13] that throws at %s breaks nothing', async (type) => {
    const reference = createHarness();
    await live(reference);
    let thrown = 0;
    const h = createHarness({
      inspect: (event) => {
        if (event.type !== type) return;
        thrown += 1;
        throw new Error(`an inspector at ${type}`);
      },
    });
    await live(h);
    expect(placeOf(h)).toBe('connected.live');
    expect(h.connection.trace()).toEqual(reference.connection.trace());
    expect(h.connection.stats()).toEqual(reference.connection.stats());
    h.connection.disconnect();
    expect(placeOf(h)).toBe('idle');
    if (thrown > 1) {
      expect(h.problems.length).toBeGreaterThan(0);
      expect(new Set(h.problems.map(({ code }) => code))).toEqual(new Set(['callback-threw']));
    }
  });

  test('[IN-1, LC-13] that throws at everything breaks nothing, and each throw is reported', async () => {
    let thrown = 0;
    const h = createHarness({
      inspect: () => {
        thrown += 1;
        throw new Error('an inspector');
      },
    });
    const before = thrown;
    await live(h);
    expect(placeOf(h)).toBe('connected.live');
    expect(thrown).toBeGreaterThan(20);
    expect(h.problems).toHaveLength(thrown - before);
    expect(h.problems[0]?.message).toBe('the inspector threw: Error: an inspector');
    await h.connection.dispose();
  });

  test('[IN-1, LC-12] that calls methods has them queued', async () => {
    let hasCalled = false;
    const h = createHarness({
      inspect: (event) => {
        if (hasCalled || event.type !== '@xstate.event' || event.event.type !== 'link.opened') return;
        hasCalled = true;
        h.connection.disconnect();
      },
    });
    h.connection.connect('alice');
    await h.grant();
    h.dial.open();
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disconnected' });
    h.connection.connect('alice');
    await h.grant();
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[IN-1] without a next is no reason to fail', () => {
    expect(() => createHarness({ inspect: { next: undefined } as never })).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
  });
});
