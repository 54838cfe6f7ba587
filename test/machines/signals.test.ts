import { describe, expect, test } from 'vitest';
import type { WorldEvent } from '../../machines/events.ts';
import { createBareMachine } from '../support/bare-machine.ts';

type Bare = ReturnType<typeof createBareMachine>;

const signals = ['online', 'offline', 'visible', 'hidden', 'frozen', 'resumed', 'suspended'] as const;
type Signal = (typeof signals)[number];

/** All orders, repeats included, in which three signals can come; longer ones come by chance in the properties. */
const orders = signals.flatMap((one) => signals.flatMap((two) => signals.map((three) => [one, two, three])));

const places: Readonly<Record<string, () => Bare>> = {
  'idle from the beginning': createBareMachine,
  'idle after disconnect': () => after(connected(), 'user.disconnect'),
  'idle after sign-out': () => after(connected(), 'user.sign-out'),
  superseded() {
    const m = connected();
    m.ends('lost', { kind: 'superseded', retry: 'never' });
    return m;
  },
  'auth-failed'() {
    const m = attempting();
    m.ends('refused', { kind: 'forbidden', retry: 'never' });
    return m;
  },
  exhausted() {
    const m = attempting();
    m.ends('failed', { retry: 'never' });
    return m;
  },
  authenticating: attempting,
  connected,
  waiting() {
    const m = attempting();
    m.ends('failed');
    return m;
  },
};

function attempting(): Bare {
  const m = createBareMachine();
  m.say('user.connect');
  m.grant();
  return m;
}

function connected(): Bare {
  const m = attempting();
  m.opened();
  return m;
}

function after(m: Bare, event: 'user.disconnect' | 'user.sign-out'): Bare {
  m.say(event);
  return m;
}

/** Plays every order from a place; gives what the ports were told in each, and where it ended. */
function play(place: string, between: (m: Bare) => void = () => {}) {
  return orders.map((order) => {
    const m = places[place]?.() ?? createBareMachine();
    m.news();
    for (const signal of order) {
      m.say(`world.${signal}` satisfies WorldEvent['type']);
      between(m);
    }
    const told = m.news();
    return { order, told, dials: told.filter((word) => word.startsWith('dial')).length, m };
  });
}

/** Time for everything that could have been planned, a probe's verdict included. */
function passDay(m: Bare): void {
  for (const ms of [250, 5_000, 100, 20_000, 86_400_000]) m.clock.increment(ms);
}

describe('signals in every order', () => {
  test.each(Object.keys(places).filter((place) => /^idle|^superseded|^auth-failed/.test(place)))(
    '[LC-3, LC-9] dial nothing, call nobody and set no timer when %s',
    (place) => {
      for (const { order, told, m } of play(place)) {
        passDay(m);
        expect([order, told, m.news()]).toEqual([order, [], []]);
      }
    },
  );

  test('[LC-8] start afresh from exhausted at the first `online` or `visible`, and only once', () => {
    for (const { order, dials } of play('exhausted')) {
      const starts = order.includes('online') || order.includes('visible');
      expect([order, dials]).toEqual([order, starts ? 1 : 0]);
    }
  });

  test('[LC-2] make no second dial of an attempt that is under way', () => {
    for (const { order, dials } of play('authenticating')) expect([order, dials]).toEqual([order, 0]);
  });

  test('[EN-2] leave a link that answers as it is, unless the page is put away', () => {
    for (const { order, dials, m } of play('connected', answer)) {
      if (order.includes('suspended')) continue;
      passDay(m);
      expect([order, dials, m.place().startsWith('connected')]).toEqual([order, 0, true]);
    }
  });

  test('[EN-3] bring back the link of a page that was put away by one dial, when it returns', () => {
    for (const { order, dials } of play('connected', answer)) {
      expect([order, dials]).toEqual([order, returns(order) ? 1 : 0]);
    }
  });

  test('[EN-2] give up a link that does not answer, at once or never: no time, no verdict', () => {
    for (const { order, told, m } of play('connected')) {
      if (order.includes('suspended')) continue;
      const isAsked = order.some((signal) => ['online', 'offline', 'visible', 'resumed'].includes(signal));
      expect([order, told.includes('probe')]).toEqual([order, isAsked]);
      expect(m.place()).toMatch(/^connected/);
      m.clock.increment(5_000);
      m.clock.increment(100);
      expect([order, m.place().startsWith('connected')]).toEqual([order, !isAsked]);
    }
  });

  test('[RE-5, RE-6] hurry a wait to one dial at most', () => {
    for (const { order, dials, m } of play('waiting')) {
      expect([order, dials]).toEqual([order, 0]);
      m.clock.increment(600);
      expect(m.news().filter((word) => word.startsWith('dial')).length).toBeLessThanOrEqual(1);
    }
  });
});

/** A living server. */
function answer(m: Bare): void {
  if (m.health().startsWith('probing')) m.probed('answered');
}

/** Whether a page comes back after it was put away, to a network that is there. */
function returns(order: readonly Signal[]): boolean {
  let isAway = false;
  let isOnline = true;
  for (const signal of order) {
    if (signal === 'online') isOnline = true;
    if (signal === 'offline') isOnline = false;
    if (signal === 'suspended') isAway = true;
    // Without a network the return leads to a wait for it, and a spread after it.
    if (isAway && (signal === 'resumed' || signal === 'visible')) return isOnline;
  }
  return false;
}
