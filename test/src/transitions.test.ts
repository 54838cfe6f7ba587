import { describe, expect, test } from 'vitest';
import type { InspectionEvent } from 'xstate';
import type { ConnectionSnapshot } from '../../src/status.ts';
import { pathOf } from '../../src/trace.ts';
import { TransitionPairing } from '../../src/transitions.ts';

const snapshot = (value: string, context: object) => ({ value, context }) as unknown as ConnectionSnapshot;

function microstep(type: string, sessionId = 'root'): InspectionEvent {
  return {
    type: '@xstate.microstep',
    rootId: 'root',
    actorRef: { sessionId },
    event: { type },
  } as unknown as InspectionEvent;
}

describe('a transition', () => {
  const context = {};
  const before = snapshot('idle', context);

  test('[ST-5] is told with its event, and with what was before and after', () => {
    const pairing = new TransitionPairing();
    pairing.pair(before);
    pairing.next(microstep('user.connect'));
    const after = snapshot('idle', {});
    expect(pairing.pair(after)).toEqual({ event: { type: 'user.connect' }, before, after });
  });

  test('[ST-5] is one also if the state alone has changed, and none if nothing has', () => {
    for (const [after, isOne] of [
      [snapshot('away', context), true],
      [snapshot('idle', {}), true],
      [snapshot('idle', context), false],
    ] as const) {
      const pairing = new TransitionPairing();
      pairing.pair(before);
      pairing.next(microstep('user.connect'));
      expect(pairing.pair(after) !== null).toBe(isOne);
    }
  });

  test('[ST-5] needs an event and something before it', () => {
    const first = new TransitionPairing();
    first.next(microstep('xstate.init'));
    expect(first.pair(before)).toBeNull();
    expect(first.pair(snapshot('away', {})), 'nobody said why').toBeNull();
  });

  test('[ST-5] has the event that came first, of the connection itself', () => {
    const pairing = new TransitionPairing();
    pairing.pair(before);
    pairing.next(microstep('xstate.done', 'a child'));
    pairing.next({ type: '@xstate.event', event: { type: 'other' } } as unknown as InspectionEvent);
    pairing.next(microstep('link.lost'));
    pairing.next(microstep('raised by it'));
    expect(pairing.pair(snapshot('away', {}))).toMatchObject({ event: { type: 'link.lost' } });
    pairing.next(microstep('user.retry'));
    expect(pairing.pair(snapshot('idle', {}))).toMatchObject({ event: { type: 'user.retry' } });
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
