import { Subject } from 'rxjs';
import { describe, expect } from 'vitest';
import { SimulatedClock } from 'xstate';
import { HoldfastError, type Status, steady } from '../../../src/index.ts';
import { createVirtualClock } from '../../../src/testing/clock.ts';
import { createHarness, shortly } from '../../support/harness.ts';
import { fc, test } from '../../support/properties.ts';
import { timersOn } from '../../support/world.ts';

const cause = new HoldfastError('network', 'no route');
const status = {
  live: { state: 'connected', since: 0, identity: 'alice', phase: 'live', recovered: false, degraded: [] },
  down: {
    state: 'reconnecting',
    since: 0,
    identity: 'alice',
    phase: 'waiting',
    attempt: 1,
    retryAt: 1,
    cause,
  },
  failed: { state: 'auth-failed', since: 0, identity: 'alice', cause },
  exhausted: { state: 'exhausted', since: 0, identity: 'alice', attempts: 3, cause },
  idle: { state: 'idle', since: 0, reason: 'disconnected' },
  first: { state: 'authenticating', since: 0, identity: 'alice', phase: 'credential' },
} as const satisfies Record<string, Status>;
const restoring = { ...status.live, phase: 'restoring' } as const;
const degraded = status.live.degraded;

function watchSteadily(grace?: number) {
  const clock = new SimulatedClock();
  const source = new Subject<Status>();
  const shown: Status[] = [];
  let ends = 0;
  const subscription = steady(source, { clock, ...(grace !== undefined && { grace }) }).subscribe({
    next: (each) => shown.push(each),
    complete: () => {
      ends += 1;
    },
  });
  return {
    clock,
    source,
    subscription,
    shown,
    ends: () => ends,
    states: () => shown.map(({ state }) => state),
    /** Each connection is a new status, as in life. */
    live: () => source.next({ ...status.live, since: clock.now(), degraded }),
    down: () => source.next({ ...status.down, since: clock.now() }),
    dip(ms: number, upFor = 0) {
      this.down();
      clock.increment(ms);
      this.live();
      clock.increment(upFor);
    },
  };
}

describe('a steady status', () => {
  test('[ST-4] never shows a dip that heals within the grace', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    w.clock.increment(300);
    w.source.next({ ...status.down, phase: 'handshake', retryAt: null });
    w.clock.increment(199);
    w.source.next(restoring);
    w.live();
    w.clock.increment(60_000);
    expect(w.states()).toEqual(['connected']);
    expect(timersOn(w.clock)).toBe(0);
  });

  test('[ST-4] shows a dip that lasts, once the grace of 500 ms is over, as it is by then', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    w.clock.increment(499);
    expect(w.states()).toEqual(['connected']);
    w.source.next({ ...status.down, attempt: 2 });
    w.clock.increment(1);
    expect(w.shown).toEqual([
      expect.anything(),
      expect.objectContaining({ state: 'reconnecting', attempt: 2 }),
    ]);
    w.live();
    expect(w.states()).toEqual(['connected', 'reconnecting', 'connected']);
  });

  test('[ST-4] shows what follows in a dip that is shown already, at once', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    w.clock.increment(500);
    w.source.next({ ...status.down, attempt: 2 });
    w.source.next({ ...status.down, attempt: 3 });
    expect(w.shown.slice(1).map((each) => shortly(each))).toEqual([
      'reconnecting.waiting 1',
      'reconnecting.waiting 2',
      'reconnecting.waiting 3',
    ]);
  });

  test('[ST-4] spends the grace as a budget: short dips that come again and again are shown', () => {
    const w = watchSteadily();
    w.live();
    for (let n = 0; n < 4; n += 1) w.dip(120, 100);
    w.down();
    w.clock.increment(19);
    expect(w.states()).toEqual(['connected']);
    w.clock.increment(1);
    expect(w.states()).toEqual(['connected', 'reconnecting']);
    w.live();
    w.dip(1);
    expect(w.states().slice(3)).toEqual(['reconnecting', 'connected']);
  });

  test('[ST-4] shows a dip after what is left of the budget', () => {
    const w = watchSteadily();
    w.live();
    w.dip(400, 100);
    w.down();
    w.clock.increment(99);
    expect(w.states()).toEqual(['connected']);
    w.clock.increment(1);
    expect(w.states()).toEqual(['connected', 'reconnecting']);
  });

  test('[ST-4] has its budget back after a window of ten times the grace', () => {
    const w = watchSteadily();
    w.live();
    w.dip(499, 5_000);
    w.dip(499, 5_000);
    expect(w.states()).toEqual(['connected']);
  });

  test('[ST-4] gets the budget back bit by bit, as the old dip leaves the window', () => {
    const w = watchSteadily();
    w.live();
    w.dip(400, 4_800);
    w.down();
    w.clock.increment(299);
    expect(w.states()).toEqual(['connected']);
    w.clock.increment(1);
    expect(w.states()).toEqual(['connected', 'reconnecting']);
  });

  test.each(['failed', 'exhausted', 'idle'] as const)(
    '[ST-4] passes %s at once, from up and from within a dip',
    (name) => {
      for (const isDipping of [false, true]) {
        const w = watchSteadily();
        w.live();
        if (isDipping) w.down();
        w.source.next(status[name]);
        expect(w.shown.at(-1)).toBe(status[name]);
        w.clock.increment(10_000);
        expect(w.shown).toHaveLength(2);
      }
    },
  );

  test('[ST-4] hides nothing before the first time it was live', () => {
    const w = watchSteadily();
    const all = [status.idle, status.first, status.down, restoring];
    for (const each of all) w.source.next(each);
    expect(w.shown).toEqual(all);
  });

  test('[ST-4] hides nothing of a session that is restored and was not live before', () => {
    const w = watchSteadily();
    for (const each of [status.first, restoring, status.down]) w.source.next(each);
    expect(w.states()).toEqual(['authenticating', 'connected', 'reconnecting']);
  });

  test('[ST-4] shows a dip of another user at once', () => {
    const w = watchSteadily();
    w.live();
    w.source.next({ ...status.down, identity: 'bob' });
    expect(w.shown.at(-1)).toMatchObject({ state: 'reconnecting', identity: 'bob' });
  });

  test('[ST-4] shows another user who is live at the end of a dip', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    w.source.next({ ...status.live, identity: 'bob' });
    expect(w.shown.at(-1)).toMatchObject({ state: 'connected', identity: 'bob' });
  });

  test('[ST-4] passes on the error of what it was given, and leaves no timer', () => {
    const clock = new SimulatedClock();
    const source = new Subject<Status>();
    const seen: unknown[] = [];
    steady(source, { clock }).subscribe({ error: (thrown) => seen.push(thrown) });
    source.next(status.live);
    source.next(status.down);
    source.error('broken');
    expect(seen).toEqual(['broken']);
    expect(timersOn(clock)).toBe(0);
  });

  test('[ST-4] shows another user at once', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    w.source.next({ ...status.first, identity: 'bob' });
    w.source.next({ ...status.live, identity: 'bob' });
    expect(w.shown.slice(1).map((each) => 'identity' in each && each.identity)).toEqual(['bob', 'bob']);
  });

  test('[ST-4] shows at once what could not be restored', () => {
    const w = watchSteadily();
    w.live();
    w.down();
    const problem = { at: 1, code: 'internal', message: 'm', hint: 'h' } as const;
    w.source.next({ ...status.live, degraded: [problem] });
    expect(w.shown.at(-1)).toMatchObject({ degraded: [problem] });
  });

  test('[ST-4] with a grace of 0 hides nothing', () => {
    const w = watchSteadily(0);
    w.live();
    w.dip(1);
    expect(w.states()).toEqual(['connected', 'reconnecting', 'connected']);
  });

  test('[ST-4, CR-10] with a grace beyond what timers hold does not show the dip at once', () => {
    for (const grace of [2 ** 31, 1e300, Number.POSITIVE_INFINITY]) {
      const asked: number[] = [];
      const w = watchSteadily(grace);
      const { setTimeout } = w.clock;
      w.clock.setTimeout = function (callback, ms) {
        asked.push(ms);
        return setTimeout.call(this, callback, ms);
      };
      w.live();
      w.down();
      expect(asked).toEqual([2 ** 31 - 1]);
    }
  });

  test.each([-1, Number.NaN, '500'])('[ST-4, ER-1] with a grace that is none throws: %s', (grace) => {
    expect(() => steady(new Subject<Status>(), { grace: grace as number })).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringMatching(/`grace`.*allowed: a number/),
      }),
    );
  });

  test('[ST-4] leaves no timer when it is unsubscribed or the source completes', () => {
    for (const end of ['unsubscribe', 'complete'] as const) {
      const w = watchSteadily();
      w.live();
      w.down();
      expect(timersOn(w.clock)).toBe(1);
      if (end === 'unsubscribe') w.subscription.unsubscribe();
      else w.source.complete();
      expect(timersOn(w.clock)).toBe(0);
      w.clock.increment(10_000);
      expect(w.states()).toEqual(['connected']);
      expect(w.ends()).toBe(end === 'complete' ? 1 : 0);
    }
  });

  test('[ST-4] has a budget for each that subscribes', () => {
    const clock = new SimulatedClock();
    const source = new Subject<Status>();
    const calm = steady(source, { clock });
    const seen: [string[], string[]] = [[], []];
    calm.subscribe(({ state }) => seen[0].push(state));
    source.next(status.live);
    source.next(status.down);
    clock.increment(400);
    source.next({ ...status.live });
    calm.subscribe(({ state }) => seen[1].push(state));
    source.next({ ...status.live, since: 400 });
    source.next(status.down);
    clock.increment(200);
    expect(seen).toEqual([['connected', 'connected', 'reconnecting'], ['connected']]);
  });

  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 2_000 })), {
    maxLength: 40,
  });
  test.prop([steps])(
    '[ST-4] never hides more than the grace within any window of ten times as much',
    (dips) => {
      const w = watchSteadily();
      const hidden: { from: number; to: number }[] = [];
      w.live();
      for (const [down, up] of dips) {
        const from = w.clock.now();
        const before = w.shown.length;
        w.down();
        if (w.shown.length === before) {
          let to = from;
          for (let ms = 0; ms < down && w.shown.length === before; ms += 1) {
            w.clock.increment(1);
            to += 1;
          }
          hidden.push({ from, to });
        }
        w.clock.set(from + down);
        w.live();
        w.clock.increment(up);
      }
      for (const { to: end } of hidden) {
        const spent = hidden.reduce(
          (sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, end - 5_000)),
          0,
        );
        expect(spent).toBeLessThanOrEqual(500);
      }
    },
  );
});

describe('a steady status over sleep and changes of the clock', () => {
  function watchOn(grace?: number) {
    const clock = createVirtualClock(1_700_000_000_000);
    const source = new Subject<Status>();
    const shown: string[] = [];
    steady(source, { clock, ...(grace !== undefined && { grace }) }).subscribe(({ state }) =>
      shown.push(state),
    );
    const live = () => source.next({ ...status.live, since: clock.now(), degraded });
    const down = () => source.next({ ...status.down, since: clock.now() });
    live();
    return {
      clock,
      shown,
      live,
      down,
      /** A short dip, hidden or not, and then a while up. */
      async dip(ms: number, upFor = 0) {
        down();
        await clock.advance(ms);
        live();
        await clock.advance(upFor);
      },
    };
  }
  const [up, dipped] = ['connected', 'reconnecting'];
  const hour = 3_600_000;

  test.each([hour, 20 * 24 * hour])(
    '[ST-4] shows a dip that lasted through a sleep of %i ms, once, and its end',
    async (ms) => {
      const w = watchOn();
      w.down();
      await w.clock.advance(100);
      await w.clock.sleep(ms);
      expect(w.shown).toEqual([up, dipped]);
      w.live();
      await w.clock.advance(hour);
      expect(w.shown).toEqual([up, dipped, up]);
      expect(w.clock.pending).toBe(0);
    },
  );

  test('[ST-4] never shows a dip that is over by the time a page thaws', async () => {
    const w = watchOn();
    w.down();
    await w.clock.advance(100);
    // The word of the link comes before the overdue timer does.
    w.clock.adjust(hour);
    w.live();
    await w.clock.advance(hour);
    expect(w.shown).toEqual([up]);
  });

  test('[ST-4] does not take a sleep for downtime that it hid: short dips after it are hidden', async () => {
    const w = watchOn();
    w.down();
    w.clock.adjust(hour);
    w.live();
    await w.dip(300, 100);
    expect(w.shown).toEqual([up]);

    const late = watchOn();
    late.down();
    await late.clock.sleep(hour);
    late.live();
    await late.dip(300, 100);
    expect(late.shown).toEqual([up, dipped, up]);
  });

  test('[ST-4] hides short dips again a window after the clock was set back, not a day after', async () => {
    const w = watchOn();
    await w.dip(400, 100);
    w.clock.adjust(-24 * hour);
    await w.dip(50, 5_000);
    await w.dip(400, 100);
    expect(w.shown).toEqual([up]);
  });

  test('[ST-4] does not get its budget back by a clock that is set back', async () => {
    const w = watchOn();
    await w.dip(400, 100);
    w.clock.adjust(-24 * hour);
    await w.dip(200, 100);
    expect(w.shown).toEqual([up, dipped, up]);
  });

  test('[ST-4] shows a dip that lasts after the grace, whatever the clock says meanwhile', async () => {
    for (const ms of [-24 * hour, 24 * hour, -300, 300]) {
      const w = watchOn();
      w.down();
      await w.clock.advance(200);
      w.clock.adjust(ms);
      await w.clock.advance(299);
      expect(w.shown).toEqual([up]);
      await w.clock.advance(1);
      expect(w.shown).toEqual([up, dipped]);
    }
  });

  test('[ST-4] counts a dip in which the clock was set back as none, and what comes after it', async () => {
    const w = watchOn();
    w.down();
    w.clock.adjust(-24 * hour);
    await w.clock.advance(400);
    w.live();
    await w.clock.advance(100);
    await w.dip(400, 100);
    expect(w.shown).toEqual([up]);
    await w.dip(200);
    expect(w.shown).toEqual([up, dipped, up]);
  });

  test('[ST-4] keeps its budget through a clock that is set back again and again', async () => {
    const w = watchOn();
    for (let n = 0; n < 4; n += 1) {
      await w.dip(100, 1_000);
      w.clock.adjust(-hour);
    }
    await w.dip(99);
    expect(w.shown).toEqual([up]);
    await w.dip(2);
    expect(w.shown).toEqual([up, dipped, up]);
  });

  test('[ST-4] has its whole budget back after a jump of days', async () => {
    const w = watchOn();
    await w.dip(499, 100);
    w.clock.adjust(3 * 24 * hour);
    await w.dip(499, 100);
    expect(w.shown).toEqual([up]);
  });

  test('[ST-4] with a grace without end hides a dip through days of sleep', async () => {
    const w = watchOn(Number.POSITIVE_INFINITY);
    w.down();
    await w.clock.sleep(24 * hour);
    w.live();
    expect(w.shown).toEqual([up]);
  });
});

describe('a steady status of a connection', () => {
  test('[ST-4, LC-10] hides a short loss, and ends with the connection', async () => {
    const h = createHarness();
    const shown: string[] = [];
    steady(h.connection.status$, { clock: h.clock }).subscribe({
      next: (each) => shown.push(shortly(each)),
      complete: () => shown.push('complete'),
    });
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    h.connection.retry();
    await h.grant();
    h.dial.open();
    await h.connection.dispose();
    expect(shown).toEqual([
      'idle initial',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
      'idle disposed',
      'complete',
    ]);
    expect(timersOn(h.clock)).toBe(0);
  });
});
