import { describe, expect, test, vi } from 'vitest';
import type { Call } from '../../src/dialect/dialect.ts';
import { HoldfastError, isHoldfastError, LinkCallError } from '../../src/index.ts';
import type { MembershipState } from '../../src/membership.ts';
import { RoomTable } from '../../src/room-table.ts';
import { standRooms, tellRooms, watch } from '../support/rooms-stand.ts';
import { uncaughtDuring } from '../support/uncaught.ts';

describe('a wish', () => {
  test('[RM-1] made before there is a link is asked for at once when it comes', () => {
    const s = standRooms();
    s.rooms.join('a');
    s.rooms.join('b');
    s.rooms.join('c');
    s.rooms.leave('b');
    expect(s.news()).toEqual([]);
    s.begin();
    expect(s.news()).toEqual(['join a', 'join c']);
  });

  test('[RM-1] made on a link is asked for in the same tick, once', async () => {
    const s = standRooms();
    s.begin();
    const membership = s.rooms.join('a');
    expect(s.rooms.join('a')).toBe(membership);
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    expect(membership.state).toEqual({ state: 'joined' });
    s.rooms.join('a');
    expect(s.news()).toEqual([]);
  });

  test('[RM-1] to be out is told to the server, and ends the membership', async () => {
    const s = standRooms();
    const [membership] = await s.goIn('a');
    const seen = watch(membership!);
    membership!.leave();
    expect(s.news()).toEqual(['leave a']);
    expect(seen).toEqual(['joined', 'left', 'completed']);
    await s.answer('a');
    s.rooms.leave('a');
    membership!.leave();
    expect(s.news()).toEqual([]);
  });

  test('[RM-1] to be out of a room that was never joined is nothing to do', () => {
    const s = standRooms();
    s.begin();
    s.rooms.leave('a');
    expect(s.asked).toEqual([]);
  });

  test('[RM-1] that changes while it is asked for is compared again with the answer: one call at a time', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    s.rooms.leave('a');
    s.rooms.join('a');
    s.rooms.leave('a');
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    expect(s.news()).toEqual(['leave a']);
    s.rooms.join('a');
    expect(s.news()).toEqual([]);
    await s.answer('a');
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    expect(s.rooms.joined()).toEqual(['a']);
    expect(s.news()).toEqual([]);
  });

  test('[RM-1] made anew while it is asked for is not turned down by the answer to the one before', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    s.rooms.leave('a');
    const membership = s.rooms.join('a');
    await s.answer('a', { error: 'no' });
    expect(membership.state.state).toBe('joining');
    expect(s.news()).toEqual(['join a', 'join a']);
    await s.answer('a', { error: 'no' });
    expect(membership.state.state).toBe('refused');
    expect(s.news()).toEqual([]);
  });

  test('[RM-1] that is out, and known to the server as such, leaves nothing behind', () => {
    const table = new RoomTable(() => {});
    table.applyToAll('begun');
    table.join('a');
    const room = table.get('a')!;
    for (const event of ['sent', 'joined', 'leave', 'sent'] as const) table.apply(room, event);
    expect(table.get('a')).toBe(room);
    table.apply(room, 'left');
    expect(table.get('a')).toBeUndefined();
    expect([table.wished, table.pending, table.unanswered.size]).toEqual([0, 0, 0]);
  });

  test('[RM-1] without a link is no call to make, before the first one and after the last', () => {
    const table = new RoomTable(() => {});
    table.join('a');
    expect(table.takeDue().size).toBe(0);
    table.applyToAll('begun');
    expect([...table.takeDue()].map(({ name }) => name)).toEqual(['a']);
    table.applyToAll('ended');
    table.join('b');
    expect(table.takeDue().size).toBe(0);
  });

  test('[RM-1] that ends is not counted among those left unanswered', () => {
    const table = new RoomTable(() => {});
    table.applyToAll('begun');
    table.join('a');
    const room = table.get('a')!;
    for (const event of ['sent', 'unanswered'] as const) table.apply(room, event);
    expect([...table.unanswered]).toEqual([room]);
    table.apply(room, 'leave');
    expect(table.unanswered.size).toBe(0);
  });

  test('[RM-1] counts as joined from the word of the server until it is taken back', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    expect(s.rooms.joined()).toEqual([]);
    await s.answer('a');
    expect(s.rooms.joined()).toEqual(['a']);
    s.rooms.leave('a');
    expect(s.rooms.joined(), 'the server was not heard yet').toEqual([]);
  });

  test('[RM-2, LC-12] made inside a subscriber is joining from the start', async () => {
    const s = standRooms();
    const states: string[] = [];
    s.rooms.join('a').state$.subscribe(({ state }) => {
      if (state === 'joined') states.push(s.rooms.join('b').state.state);
    });
    s.begin();
    await s.answer('a');
    expect(states).toEqual(['joining']);
  });

  test('[RM-1] anew gives a new membership; the old one has no say any more', async () => {
    const s = standRooms();
    const [old] = await s.goIn('a');
    s.rooms.leave('a');
    await s.answer('a');
    const fresh = s.rooms.join('a');
    expect(fresh).not.toBe(old);
    old!.leave();
    await s.answer('a');
    expect([old!.state.state, fresh.state.state]).toEqual(['left', 'joined']);
  });

  test.each([undefined, null, '', 7, {}, ['a']])('[RM-1, ER-1] for %j is a bad argument', (room) => {
    const s = standRooms();
    for (const act of [() => s.rooms.join(room as string), () => s.rooms.leave(room as string)]) {
      expect(act).toThrow(HoldfastError);
      expect(act).toThrow(expect.objectContaining({ code: 'bad-argument' }));
      expect(act).toThrow(expect.objectContaining({ message: '`room` is not a non-empty string' }));
      expect(act).toThrow(expect.objectContaining({ hint: 'Give the name of a room.' }));
    }
    expect(s.rooms.hasWishes).toBe(false);
  });

  test.each(['__proto__', 'constructor', ' ', 'room:join'])(
    '[RM-1] for the room %j is like others',
    async (room) => {
      const s = standRooms();
      await s.goIn(room);
      expect(s.rooms.joined()).toEqual([room]);
    },
  );

  test('[RM-1] is there or not, over refusals, leaving and identities', async () => {
    const s = standRooms();
    expect(s.rooms.hasWishes).toBe(false);
    s.rooms.join('a');
    s.rooms.join('b');
    expect(s.rooms.hasWishes).toBe(true);
    s.begin();
    await s.answer('a', { error: 'no' });
    expect(s.rooms.hasWishes).toBe(true);
    s.rooms.leave('b');
    expect(s.rooms.hasWishes).toBe(false);
    s.rooms.join('c');
    s.rooms.belongTo(null);
    expect(s.rooms.hasWishes).toBe(false);
  });
});

describe('an outage', () => {
  test('[RM-2] shows nothing while the room is joined again', async () => {
    const s = standRooms();
    const [membership] = await s.goIn('a');
    const seen = watch(membership!);
    s.rooms.end();
    expect(s.rooms.joined()).toEqual([]);
    s.begin();
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    expect(seen).toEqual(['joined']);
    expect(s.rooms.joined()).toEqual(['a']);
  });

  test('[RM-1] in which a room was left: it is not joined', async () => {
    const s = standRooms();
    const [membership] = await s.goIn('a', 'b');
    s.rooms.end();
    membership!.leave();
    expect(membership!.state.state).toBe('left');
    s.begin();
    expect(s.news()).toEqual(['join b']);
  });

  test('[RM-3] that ends with a recovered session: rooms are asked for, and those left meanwhile are left', async () => {
    const s = standRooms();
    await s.goIn('a', 'b');
    s.rooms.end();
    s.rooms.leave('a');
    s.begin(true);
    expect(s.news()).toEqual(['leave a', 'join b']);
  });

  test('[RM-3] that cut a join short: the server may have heard it, and is told to leave on a recovered session', () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    s.rooms.end();
    s.rooms.leave('a');
    s.news();
    s.begin(true);
    expect(s.news()).toEqual(['leave a']);
  });

  test('[RM-3] after which a leave that was never confirmed is told again, on a recovered session alone', async () => {
    for (const recovered of [true, false]) {
      const s = standRooms();
      await s.goIn('a');
      s.rooms.leave('a');
      await s.clock.advance(10_000);
      s.rooms.end();
      s.news();
      s.begin(recovered);
      expect(s.news()).toEqual(recovered ? ['leave a'] : []);
    }
  });

  test('[RM-2] in which the user was removed: refused with the reason, told once, not asked again', async () => {
    const s = standRooms();
    const [membership] = await s.goIn('a');
    const told: MembershipState[] = [];
    membership!.state$.subscribe((state) => told.push(state));
    s.rooms.end();
    s.begin();
    await s.answer('a', { error: { code: 'removed', echo: 'sekret' } });
    s.rooms.end();
    s.begin();
    s.rooms.end();
    s.begin(true);
    expect(s.news()).toEqual(['join a']);
    expect(told.map(({ state }) => state)).toEqual(['joined', 'refused']);
    const { cause } = told[1]!;
    expect(isHoldfastError(cause)).toBe(true);
    expect(cause).toMatchObject({
      name: 'RoomRefused',
      code: 'room-refused',
      answer: { code: 'removed', echo: '[redacted]' },
    });
    expect(cause?.hint).not.toBe('');

    expect(s.rooms.join('a')).toBe(membership);
    expect(membership!.state).toEqual({ state: 'joining' });
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    expect(told.map(({ state }) => state)).toEqual(['joined', 'refused', 'joining', 'joined']);
  });

  test('[RM-1] a late answer of the link before changes nothing', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    s.begin();
    const late = s.call('a');
    s.rooms.end();
    late.answer({ error: 'no' });
    await s.settle();
    expect(membership.state.state).toBe('joining');
    s.begin();
    late.answer();
    await s.settle();
    expect(membership.state.state).toBe('joining');
    await s.answer('a');
    expect(membership.state.state).toBe('joined');
    expect(s.problems).toEqual([]);
  });

  test('[RM-1] that is heard of by its calls first is no problem to report', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    s.begin();
    s.call('a').fail(new LinkCallError('lost'));
    await s.settle();
    s.rooms.end();
    await s.clock.advance(20_000);
    expect(membership.state.state).toBe('joining');
    expect(s.problems).toEqual([]);
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] a link that follows without an end makes the calls of the one before moot', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    s.begin();
    expect(s.news()).toEqual(['join a', 'join a']);
    s.asked[0]!.answer({ error: 'no' });
    await s.settle();
    expect(s.rooms.join('a').state.state).toBe('joining');
  });

  test('[LC-4] leaves no timer', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    for (const call of s.asked) call.answer();
    s.rooms.join('b');
    s.call('b').answer();
    expect(s.timers.pending).toBeGreaterThan(0);
    s.rooms.end();
    expect(s.timers.pending).toBe(0);
  });
});

describe('a server that does not answer', () => {
  test('[RM-1] is a problem while live, and the room stays joining until it is answered', async () => {
    const s = standRooms({ ackTimeout: 3_000 });
    s.begin();
    const membership = s.rooms.join('a');
    expect(s.call('a').timeout).toBe(3_000);
    await s.clock.advance(2_999);
    expect(s.problems).toEqual([]);
    await s.clock.advance(1);
    expect(s.problems.map(({ code }) => code)).toEqual(['rooms-unanswered']);
    expect(s.problems[0]?.message).toContain('"a"');
    expect(membership.state.state).toBe('joining');
    expect(s.news()).toEqual(['join a']);
    await s.clock.advance(500);
    expect(s.news(), 'by itself').toEqual(['join a']);
    await s.answer('a');
    expect(membership.state.state).toBe('joined');
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] is asked again on the next link', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(10_000);
    s.rooms.end();
    s.news();
    s.begin();
    expect(s.news()).toEqual(['join a']);
  });

  test('[RM-1] about a leave is left alone', async () => {
    const s = standRooms();
    await s.goIn('a');
    s.rooms.leave('a');
    await s.clock.advance(10_000);
    expect(s.problems).toEqual([]);
    expect(s.news()).toEqual(['leave a']);
    s.rooms.join('a');
    expect(s.news()).toEqual(['join a']);
  });

  test('[RM-1] about a room that was left meanwhile is told to leave, without a problem', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    s.rooms.leave('a');
    await s.clock.advance(10_000);
    expect(s.news()).toEqual(['join a', 'leave a']);
    expect(s.problems).toEqual([]);
  });

  test('[RM-1] about thousands of rooms is one problem', async () => {
    const s = standRooms();
    for (let n = 0; n < 2_000; n += 1) s.rooms.join(`room-${n}`);
    s.begin();
    expect(s.timers.pending).toBe(1);
    await s.clock.advance(10_000);
    expect(s.problems).toHaveLength(1);
    expect(s.problems[0]?.message).toContain('"room-2" and 1997 more');
    expect(s.timers.pending, 'one wait for all of them').toBe(1);
    await s.clock.advance(60_000);
    expect(s.problems).toHaveLength(1);
  });

  test('[RM-1] but asks to come again is taken for one that did not', async () => {
    const s = standRooms();
    s.begin();
    const membership = s.rooms.join('a');
    await s.answer('a', { error: 'busy', retryable: true });
    expect(membership.state).toEqual({ state: 'joining' });
    expect(s.problems.map(({ code }) => code)).toEqual(['rooms-unanswered']);
  });

  test('[RM-1] but refuses to let go is not asked for ever', async () => {
    const s = standRooms();
    await s.goIn('a');
    s.rooms.leave('a');
    await s.answer('a', { error: 'stay' });
    expect(s.news()).toEqual(['leave a']);
    s.rooms.end();
    s.begin(true);
    expect(s.news()).toEqual(['leave a']);
  });
});

describe('a server that refuses to let go', () => {
  test('[RM-1] is asked to join again when that is wished anew on the same link', async () => {
    const s = standRooms();
    await s.goIn('a');
    s.rooms.leave('a');
    await s.answer('a', { error: 'stay' });
    const membership = s.rooms.join('a');
    expect(s.news()).toEqual(['leave a', 'join a']);
    await s.answer('a');
    expect(membership.state.state).toBe('joined');
  });
});

describe('a room that a living server leaves unanswered', () => {
  /** A server that is too busy until it is told otherwise, and when it was asked for which rooms. */
  function standBusy(options: { random?: () => number; joinAll?: boolean } = {}) {
    const asked: string[] = [];
    const server = { answer: { error: 'busy', retryable: true } as unknown };
    const note = (rooms: string) => asked.push(`${s.clock.elapsed()} ${rooms}`);
    const join = async (room: string) => {
      note(room);
      return server.answer;
    };
    const joinAll = async (rooms: readonly string[]) => {
      note(rooms.join('+'));
      return rooms.map(() => server.answer);
    };
    const { random = () => 0.5 } = options;
    const s = standRooms({ random, dialect: options.joinAll === true ? { join, joinAll } : { join } });
    /** Since this was last called. */
    const heard = () => asked.splice(0);
    return { ...s, server, heard };
  }

  async function standWaiting(...rooms: string[]) {
    const s = standBusy();
    s.begin();
    for (const room of rooms) s.rooms.join(room);
    await s.settle();
    expect(s.timers.pending).toBe(1);
    s.heard();
    return s;
  }

  test('[RM-1, RE-1] is asked for again after waits that grow up to a bound', async () => {
    const s = standBusy();
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(36_000);
    expect(s.heard()).toEqual([
      '0 a',
      '500 a',
      '2500 a',
      '7000 a',
      '13000 a',
      '19000 a',
      '25000 a',
      '31000 a',
    ]);
    expect(s.problems.map(({ code }) => code)).toEqual(['rooms-unanswered']);
  });

  test('[RM-1, RE-1] is asked for again after waits that are each drawn anew', async () => {
    const draws = [0, 0.75, 0.25, 0.5];
    const s = standBusy({ random: () => draws.shift() ?? 0.999 });
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(13_000);
    expect(s.heard()).toEqual(['0 a', '50 a', '3050 a', '6800 a', '12800 a']);
  });

  test('[RM-1] is asked for no more once it is answered, and a later silence starts with a short wait', async () => {
    const s = standBusy();
    s.begin();
    const membership = s.rooms.join('a');
    await s.clock.advance(5_000);
    s.server.answer = {};
    await s.clock.advance(5_000);
    expect(membership.state.state).toBe('joined');
    expect(s.timers.pending).toBe(0);
    s.heard();
    s.server.answer = { error: 'busy', retryable: true };
    s.rooms.join('b');
    await s.clock.advance(2_500);
    expect(s.heard()).toEqual(['10000 b', '10500 b', '12500 b']);
    expect(s.problems, 'once a link').toHaveLength(1);
  });

  test('[RM-1] and refuses at last is not asked for again', async () => {
    const s = await standWaiting('a');
    s.server.answer = { error: 'no' };
    await s.clock.advance(100_000);
    expect(s.heard()).toEqual(['500 a']);
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] keeps its long waits while others are answered', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(10_000 + 500 + 10_000);
    s.rooms.join('b');
    await s.answer('b');
    s.news();
    await s.clock.advance(1_999);
    expect(s.news()).toEqual([]);
    await s.clock.advance(1);
    expect(s.news()).toEqual(['join a']);
  });

  test('[RM-1] does not wait for the answers about others', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.rooms.join('b');
    s.begin();
    await s.answer('a', { error: 'busy', retryable: true });
    s.news();
    await s.clock.advance(500);
    expect(s.news()).toEqual(['join a']);
    await s.answer('a');
    await s.answer('b');
    expect(s.problems, 'all is well by then').toEqual([]);
    expect(s.timers.pending).toBe(0);
  });

  test.each<[string, (s: ReturnType<typeof standBusy>) => void]>([
    ['the link ends', (s) => s.rooms.end()],
    ['the connection is disposed of', (s) => s.rooms.dispose()],
    ['the user signs out', (s) => s.rooms.belongTo(null)],
    ['the room is left', (s) => s.rooms.leave('a')],
  ])('[RM-1, LC-4] is waited for no more when %s', async (_, act) => {
    const s = await standWaiting('a');
    act(s);
    expect(s.timers.pending - Number(s.asked.length > 0), 'but for a leave under way').toBe(0);
    await s.clock.advance(100_000);
    expect(s.heard()).toEqual([]);
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] is asked for once on a link that comes during the wait, and waits anew there', async () => {
    const s = await standWaiting('a');
    await s.clock.advance(2_000);
    s.heard();
    s.begin();
    await s.clock.advance(2_500);
    expect(s.heard()).toEqual(['2000 a', '2500 a', '4500 a']);
    expect(s.problems).toHaveLength(2);
  });

  test('[RM-1] is asked for at once by join(), and then no more', async () => {
    const s = await standWaiting('a');
    s.server.answer = {};
    s.rooms.join('a');
    await s.clock.advance(100_000);
    expect(s.heard()).toEqual(['0 a']);
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] waits on while another is asked for by join()', async () => {
    const s = await standWaiting('a', 'b');
    await s.clock.advance(400);
    s.server.answer = {};
    s.rooms.join('a');
    await s.clock.advance(100);
    expect(s.heard()).toEqual(['400 a', '500 b']);
    expect(s.timers.pending).toBe(0);
  });

  test('[RM-1] is asked for together with one that is left unanswered during the wait', async () => {
    const s = standBusy({ joinAll: true });
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(300);
    s.rooms.join('b');
    await s.settle();
    expect(s.timers.pending).toBe(1);
    await s.clock.advance(2_200);
    expect(s.heard()).toEqual(['0 a', '300 b', '500 a+b', '2500 a+b']);
    expect(s.problems).toHaveLength(1);
  });

  test('[RM-1] is asked for at once by restoring, which is told, and waits again if that failed', async () => {
    const s = await standWaiting('a');
    await s.clock.advance(100);
    const settle = vi.fn();
    s.rooms.restore(settle);
    await s.clock.advance(500);
    expect(settle.mock.calls).toEqual([[['a']]]);
    expect(s.heard(), 'the wait before it is over').toEqual(['100 a', '600 a']);
  });

  test('[RM-1] in restoring is asked for again by itself when nobody restores any more', async () => {
    const s = standBusy();
    s.rooms.join('a');
    s.begin();
    s.rooms.restore(() => {});
    await s.settle();
    expect(s.problems, 'the caller tells').toEqual([]);
    await s.clock.advance(500);
    expect(s.heard()).toEqual(['0 a', '500 a']);
    s.server.answer = {};
    await s.clock.advance(2_000);
    expect(s.rooms.joined()).toEqual(['a']);
  });

  test('[RM-1] in restoring is asked for again by itself when that was stopped', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.rooms.join('b');
    s.begin();
    const stop = s.rooms.restore(() => {});
    await s.answer('a', { error: 'busy', retryable: true });
    await s.clock.advance(1_000);
    s.news();
    expect(s.timers.pending, 'the deadline alone').toBe(1);
    stop();
    await s.clock.advance(500);
    expect(s.news()).toEqual(['join a']);
  });

  test('[RM-1, LC-12] is nothing to a link that whoever hears of it ends', async () => {
    const s = standBusy();
    s.problems$.subscribe(() => {
      s.rooms.end();
      s.server.answer = {};
      s.begin();
    });
    s.begin();
    s.rooms.join('a');
    await s.settle();
    expect(s.rooms.joined()).toEqual(['a']);
    expect(s.timers.pending).toBe(0);
  });
});

describe('restoring', () => {
  test('[RM-1] is done when every wished room has been answered, also those wished meanwhile', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    s.rooms.join('b');
    await s.answer('a');
    expect(settle).not.toHaveBeenCalled();
    await s.answer('b', { error: 'no' });
    expect(settle.mock.calls).toEqual([[[]]]);
    expect(s.problems).toEqual([]);
  });

  test('[RM-1] does not wait for what is not wished any more', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    s.rooms.leave('a');
    expect(settle.mock.calls).toEqual([[[]]]);
  });

  test('[RM-1] of nothing is done at once', () => {
    const s = standRooms();
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    expect(settle.mock.calls).toEqual([[[]]]);
  });

  test('[RM-1] tells what was not answered, and asks for that alone at the second try', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.rooms.join('b');
    s.begin();
    const first = vi.fn();
    s.rooms.restore(first);
    await s.answer('a');
    s.news();
    await s.clock.advance(10_000);
    expect(first.mock.calls).toEqual([[['b']]]);
    expect(s.problems, 'the caller tells').toEqual([]);
    expect(s.news()).toEqual([]);
    const second = vi.fn();
    s.rooms.restore(second);
    expect(s.news()).toEqual(['join b']);
    await s.answer('b');
    expect(second.mock.calls).toEqual([[[]]]);
    expect(first).toHaveBeenCalledTimes(1);
  });

  test('[RM-1] is not stopped by who stops the one before it', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    const [first, second] = [vi.fn(), vi.fn()];
    const stop = s.rooms.restore(first);
    s.rooms.restore(second);
    stop();
    await s.answer('a');
    expect([first.mock.calls, second.mock.calls]).toEqual([[], [[[]]]]);
  });

  test('[RM-1] without a link is not done', () => {
    const s = standRooms();
    const settle = vi.fn();
    s.rooms.restore(settle);
    expect(settle).not.toHaveBeenCalled();
  });

  test('[RM-1, LC-12] that is done may be answered with a wish, which is asked for at once', () => {
    const s = standRooms();
    s.begin();
    s.rooms.restore(() => s.rooms.join('a'));
    expect(s.news()).toEqual(['join a']);
  });

  test('[RM-1] is known to be done on a link alone', async () => {
    const answered = vi.fn();
    const s = standRooms({ answered });
    s.rooms.join('a');
    s.rooms.leave('a');
    expect(answered).not.toHaveBeenCalled();
    s.rooms.join('a');
    s.begin();
    expect(answered).not.toHaveBeenCalled();
    await s.answer('a');
    expect(answered).toHaveBeenCalled();
    answered.mockClear();
    s.rooms.end();
    s.rooms.leave('a');
    expect(answered).not.toHaveBeenCalled();
  });

  test('[RM-1] that was stopped says nothing more', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    const settle = vi.fn();
    const stop = s.rooms.restore(settle);
    stop();
    stop();
    await s.answer('a');
    expect(settle).not.toHaveBeenCalled();
  });

  test('[RM-1] says nothing after the link ended', async () => {
    const s = standRooms();
    s.rooms.join('a');
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    s.rooms.end();
    await s.clock.advance(60_000);
    s.begin();
    await s.answer('a');
    expect(settle).not.toHaveBeenCalled();
  });

  test('[RM-1, LC-12] waits for a room that a subscriber wishes when the last one is answered', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    membership.state$.subscribe(({ state }) => state === 'joined' && s.rooms.join('b'));
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    await s.answer('a');
    expect(settle).not.toHaveBeenCalled();
    await s.answer('b');
    expect(settle).toHaveBeenCalledTimes(1);
  });
});

describe('a dialect that takes many rooms in one go', () => {
  function standMany(joinAll: (rooms: readonly string[], call: Call) => unknown) {
    return standRooms({ dialect: { joinAll: joinAll as never } });
  }

  test('[RM-1] is asked once, and each room gets its answer', async () => {
    const s = standMany((names, call) => call('rooms', ...names));
    const memberships = ['a', 'b', 'c'].map((name) => s.rooms.join(name));
    s.begin();
    expect(s.asked).toHaveLength(1);
    s.asked[0]!.answer([{ ok: 1 }, { error: 'no' }, { error: 'busy', retryable: true }]);
    await s.settle();
    expect(memberships.map(({ state }) => state.state)).toEqual(['joined', 'refused', 'joining']);
  });

  test('[RM-1] is asked for a single room as always', () => {
    const joinAll = vi.fn();
    const s = standMany(joinAll);
    s.rooms.join('a');
    s.begin();
    expect(s.news()).toEqual(['join a']);
    expect(joinAll).not.toHaveBeenCalled();
  });

  test('[RM-3] leaves what was left one by one', async () => {
    const s = standMany(async (names) => names.map(() => ({})));
    for (const name of ['a', 'b', 'c']) s.rooms.join(name);
    s.begin();
    await s.settle();
    s.rooms.end();
    s.rooms.leave('a');
    s.begin(true);
    await s.settle();
    expect(s.news()).toEqual(['leave a']);
    expect(s.rooms.joined()).toEqual(['b', 'c']);
  });

  test.each([
    ['no array', async () => 'yes'],
    ['nothing', async () => undefined],
    ['too few answers', async () => [{}]],
    ['no promise', () => [{}, {}]],
    ['an error', () => Promise.reject(new Error('broken'))],
    [
      'a throw',
      () => {
        throw new Error('broken');
      },
    ],
    ['an array that cannot be read', async () => new Proxy([], { get: throwing })],
  ])('[LC-13] that gives %s leaves those rooms unanswered, and is reported once', async (_, joinAll) => {
    const s = standMany(joinAll);
    s.rooms.join('a');
    const membership = s.rooms.join('b');
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    await s.clock.advance(10_000);
    expect(membership.state.state).toBe('joining');
    expect(settle).toHaveBeenCalledTimes(1);
    expect(settle.mock.lastCall?.[0]).toContain('b');
    await s.clock.advance(100_000);
    expect(s.problems.filter(({ code }) => code === 'callback-threw')).toHaveLength(1);
    expect(membership.state.state).toBe('joining');
    s.rooms.end();
    expect(s.timers.pending).toBe(0);
  });
});

describe('a function of the user', () => {
  test.each([
    ['throws', throwing],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['gives no promise', () => true as never],
    ['gives nothing', () => undefined as never],
    ['gives what cannot be looked at', () => new Proxy({}, { get: throwing }) as never],
    // biome-ignore lint/suspicious/noThenProperty: hostile on purpose
    ['gives a thenable that throws', () => ({ then: throwing }) as never],
  ])('[LC-13] for join that %s is reported, and the room is unanswered', async (_, join) => {
    const s = standRooms({ dialect: { join } });
    s.begin();
    const membership = s.rooms.join('a');
    await s.settle();
    expect(membership.state).toEqual({ state: 'joining' });
    expect(s.problems.map(({ code }) => code).sort()).toEqual(['callback-threw', 'rooms-unanswered']);
    expect(s.problems.map(({ message }) => message).join()).toContain('`dialect.join`');
    await s.clock.advance(100_000);
    expect(membership.state).toEqual({ state: 'joining' });
    expect(s.problems, 'once a link, however often it is tried').toHaveLength(2);
    s.rooms.end();
    expect(s.timers.pending).toBe(0);
    s.begin();
    await s.settle();
    expect(s.problems).toHaveLength(4);
  });

  test('[LC-13] for leave that throws is reported, and the room is left', async () => {
    const s = standRooms({ dialect: { leave: throwing } });
    const [membership] = await s.goIn('a');
    membership!.leave();
    expect(membership!.state.state).toBe('left');
    expect(s.problems.map(({ code }) => code)).toEqual(['callback-threw']);
  });

  test('[LC-13] that fails for thousands of rooms is reported once', () => {
    const s = standRooms({ dialect: { join: throwing } });
    for (let n = 0; n < 1_000; n += 1) s.rooms.join(`room-${n}`);
    s.begin();
    expect(s.problems.map(({ code }) => code).sort()).toEqual(['callback-threw', 'rooms-unanswered']);
  });

  test('[LC-13] that never settles is waited for no longer than for an answer, and is inert after that', async () => {
    const resolves: ((value: unknown) => void)[] = [];
    const join = () => new Promise((resolve) => resolves.push(resolve));
    const s = standRooms({ dialect: { join } });
    s.begin();
    const membership = s.rooms.join('a');
    const settle = vi.fn();
    s.rooms.restore(settle);
    await s.clock.advance(10_000);
    expect(settle.mock.calls).toEqual([[['a']]]);
    resolves[0]!({ error: 'late' });
    await s.settle();
    expect(membership.state).toEqual({ state: 'joining' });
    s.rooms.join('a');
    resolves[1]!({});
    await s.settle();
    expect(membership.state).toEqual({ state: 'joined' });
  });

  test('[LC-13] for reading answers that throws or gives junk is reported, and the room is unanswered', async () => {
    for (const readAnswer of [throwing, () => undefined, () => ({ ok: 'yes' }), () => null]) {
      const s = standRooms({ dialect: { readAnswer: readAnswer as never } });
      s.begin();
      const membership = s.rooms.join('a');
      await s.answer('a', {});
      expect(membership.state).toEqual({ state: 'joining' });
      expect(s.problems.map(({ code }) => code).sort()).toEqual(['callback-threw', 'rooms-unanswered']);
    }
  });

  test('[LC-13] is reported apart from others', async () => {
    const s = standRooms({ dialect: { leave: throwing, readAnswer: throwing } });
    s.begin();
    s.rooms.join('a');
    await s.answer('a', {});
    s.rooms.leave('a');
    await s.clock.advance(60_000);
    const said = s.problems.filter(({ code }) => code === 'callback-threw').map(({ message }) => message);
    expect(said).toHaveLength(2);
    expect(said.join()).toMatch(/readAnswer.*leave/);
  });

  test('[LC-12, LC-13] that throws, and is called again by whoever hears of it, is not called for ever', async () => {
    const join = vi.fn(throwing);
    const s = standRooms({ dialect: { join } });
    s.problems$.subscribe(() => s.rooms.join('a'));
    s.begin();
    s.rooms.join('a');
    await s.settle();
    expect(join.mock.calls.length).toBeLessThan(5);
    expect(s.timers.pending).toBe(1);
  });

  test('[LC-13] is not asked to read what comes too late', async () => {
    const readAnswer = vi.fn(() => ({ ok: true, value: null }) as const);
    const s = standRooms({ dialect: { readAnswer, join: (_, call) => call('a').then(() => ({})) } });
    s.begin();
    s.rooms.join('a');
    s.rooms.end();
    s.asked[0]!.answer();
    await s.settle();
    expect(readAnswer).not.toHaveBeenCalled();
  });

  test('[RM-1] that asks on after its link is gone does not reach the next one', async () => {
    const calls: Call[] = [];
    const s = standRooms({
      dialect: {
        join(_, call) {
          calls.push(call);
          return call('first');
        },
      },
    });
    s.begin();
    s.rooms.join('a');
    s.rooms.end();
    s.begin();
    s.asked.length = 0;
    await expect(calls[0]!('second')).rejects.toThrow(LinkCallError);
    expect(s.asked).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  test('[LC-13] that forgets the promise of a call brings nothing down', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const s = standRooms({
      dialect: {
        async join(_, call) {
          call('enter');
          return {};
        },
      },
    });
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(s.rooms.joined()).toEqual(['a']);
  });

  test('[LC-13] on a link that throws is a room unanswered', async () => {
    const s = standRooms();
    s.rooms.begin({ call: throwing }, false);
    const membership = s.rooms.join('a');
    await s.settle();
    expect(membership.state).toEqual({ state: 'joining' });
    expect(s.problems.map(({ code }) => code)).toContain('rooms-unanswered');
  });

  test('[RM-1, LC-12] that leaves another room about to be joined is heeded', () => {
    const s = standRooms({
      dialect: {
        join(room, call) {
          s.rooms.leave('b');
          return call('room:join', room);
        },
      },
    });
    s.rooms.join('a');
    s.rooms.join('b');
    s.rooms.join('c');
    s.begin();
    expect(s.news()).toEqual(['join a', 'join c']);
  });

  test('[RM-1, LC-12] that ends the link is the last to be called on it', () => {
    const join = vi.fn(async () => s.rooms.end());
    const s = standRooms({ dialect: { join } });
    s.rooms.join('a');
    s.rooms.join('b');
    s.begin();
    expect(join).toHaveBeenCalledTimes(1);
    expect(s.timers.pending).toBe(0);
  });
});

describe('a link that comes while rooms are asked for on the one before', () => {
  test('[RM-1, LC-12] is the one that the rest are asked for on', async () => {
    let isFirst = true;
    const s = standRooms({
      dialect: {
        join(room, call) {
          const answer = call('room:join', room);
          if (isFirst) {
            isFirst = false;
            s.rooms.end();
            s.begin();
          }
          return answer;
        },
      },
    });
    s.rooms.join('a');
    s.rooms.join('b');
    s.begin();
    expect(s.news()).toEqual(['join a', 'join a', 'join b']);
    await s.answer('a');
    await s.answer('b');
    expect(s.rooms.joined()).toEqual(['a', 'b']);
  });
});

describe('subscribers', () => {
  test('[RM-2] get the current state first, then each change', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    const early = watch(membership);
    s.begin();
    await s.answer('a');
    const late = watch(membership);
    s.rooms.leave('a');
    expect({ early, late, after: watch(membership) }).toEqual({
      early: ['joining', 'joined', 'left', 'completed'],
      late: ['joined', 'left', 'completed'],
      after: ['left', 'completed'],
    });
  });

  test('[LC-12] see one order, when one of them leaves and joins again', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    const orders: string[][] = [];
    const again: string[][] = [];
    membership.state$.subscribe(({ state }) => {
      if (state !== 'joined') return;
      membership.leave();
      again.push(watch(s.rooms.join('a')));
    });
    orders.push(watch(membership));
    s.rooms.rooms$.subscribe((map) => orders.push([tellRooms(map)]));
    s.begin();
    await s.answer('a');
    expect(orders[0]).toEqual(['joining', 'joined', 'left', 'completed']);
    expect(again, 'the server was not told yet').toEqual([['joined']]);
    expect(s.news()).toEqual(['join a']);
    expect(orders.slice(1).flat()).toEqual(['a joining', 'a joined']);
  });

  test('[RM-1, LC-12] may join and leave at the first word', () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a').state$.subscribe(() => {
      s.rooms.join('b').leave();
      s.rooms.join('c');
    });
    expect(s.news()).toEqual(['join a', 'join b', 'join c']);
  });

  test('[MS-5] that throw disturb neither the others nor the rooms', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    const seen: string[] = [];
    const maps: string[] = [];
    const thrown = await uncaughtDuring(async () => {
      membership.state$.subscribe(throwing);
      s.rooms.rooms$.subscribe(throwing);
      membership.state$.subscribe(({ state }) => seen.push(state));
      s.rooms.rooms$.subscribe((map) => maps.push(tellRooms(map)));
      s.begin();
      await s.answer('a');
      s.rooms.leave('a');
    });
    expect(seen).toEqual(['joining', 'joined', 'left']);
    expect(maps).toEqual(['a joining', 'a joined', '']);
    expect(thrown.length).toBeGreaterThan(0);
  });

  test('[LC-12] of problems may join again at once', async () => {
    const s = standRooms();
    s.problems$.subscribe(() => s.rooms.join('a'));
    s.begin();
    s.rooms.join('a');
    await s.clock.advance(10_000);
    expect(s.news()).toEqual(['join a', 'join a']);
  });
});

describe('rooms$', () => {
  test('[RM-2] replays all rooms that are not left, then a new map after each change, and only then', async () => {
    const s = standRooms();
    const maps: ReadonlyMap<string, MembershipState>[] = [];
    s.rooms.join('a');
    s.rooms.rooms$.subscribe((map) => maps.push(map));
    s.rooms.join('b');
    s.begin();
    await s.answer('a');
    await s.answer('b', { error: 'no' });
    s.rooms.end();
    s.begin();
    await s.answer('a');
    s.rooms.leave('b');
    s.rooms.leave('a');
    expect(maps.map(tellRooms)).toEqual([
      'a joining',
      'a joining, b joining',
      'a joined, b joining',
      'a joined, b refused',
      'a joined',
      '',
    ]);
    expect(new Set(maps).size).toBe(maps.length);
  });

  test('[RM-2] gives everybody the same map until something changes', () => {
    const s = standRooms();
    s.rooms.join('a');
    const maps: unknown[] = [];
    s.rooms.rooms$.subscribe((map) => maps.push(map));
    s.rooms.rooms$.subscribe((map) => maps.push(map));
    s.rooms.join('b');
    s.rooms.rooms$.subscribe((map) => maps.push(map));
    expect(maps[0]).toBe(maps[1]);
    expect(new Set(maps.slice(2)).size).toBe(1);
    expect(maps[2]).not.toBe(maps[0]);
  });

  test('[RM-2] tells answers that came together in one map', async () => {
    const s = standRooms({ dialect: { joinAll: async (names) => names.map(() => ({})) } });
    const maps: string[] = [];
    for (const name of ['a', 'b', 'c']) s.rooms.join(name);
    s.rooms.rooms$.subscribe((map) => maps.push(tellRooms(map)));
    s.begin();
    await s.settle();
    expect(maps.at(-1)).toBe('a joined, b joined, c joined');
  });

  test('[RM-2] of many rooms tells a burst in few maps, the last one complete, and leaves no timer', async () => {
    const s = standRooms();
    let maps = 0;
    let last: ReadonlyMap<string, MembershipState> = new Map();
    s.rooms.rooms$.subscribe((map) => {
      maps += 1;
      last = map;
    });
    for (let n = 0; n < 10_000; n += 1) s.rooms.join(`room-${n}`);
    s.begin();
    for (const call of s.asked) {
      call.answer();
      await null;
    }
    await s.clock.advance(200);
    expect(maps).toBeLessThan(100);
    expect([...last.values()].every(({ state }) => state === 'joined')).toBe(true);
    expect(last.size).toBe(10_000);
    expect(s.timers.pending).toBe(0);
    s.rooms.leave('room-7');
    expect(last.has('room-7'), 'a change on its own is told at once').toBe(false);
    s.rooms.leave('room-8');
    s.rooms.end();
    expect(last.has('room-8'), 'and what waited is told at the end of the link').toBe(false);
    expect(s.timers.pending).toBe(0);
  });
});

test('[RM-2, LC-12] rooms$ may be answered with a wish, which is asked for at once', () => {
  const s = standRooms();
  s.begin();
  s.rooms.rooms$.subscribe((map) => {
    if (map.has('a')) s.rooms.join('b');
  });
  s.rooms.join('a');
  expect(s.news()).toEqual(['join a', 'join b']);
});

describe('rooms$ of many rooms', () => {
  function standMany(count: number) {
    const s = standRooms();
    const maps: string[] = [];
    for (let n = 0; n < count; n += 1) s.rooms.join(`room-${n}`);
    s.begin();
    s.rooms.rooms$.subscribe((map) => maps.push(`${s.clock.elapsed()} ${map.size}`));
    maps.length = 0;
    return { ...s, maps };
  }

  test('[RM-2] tells each change at once up to 64 rooms', () => {
    const s = standMany(61);
    for (const room of ['a', 'b', 'c']) s.rooms.join(room);
    s.rooms.leave('a');
    expect(s.maps).toEqual(['0 62', '0 63', '0 64', '0 63']);
  });

  test('[RM-2] tells what changes every 50 ms beyond that, as long as it goes on', async () => {
    const s = standMany(100);
    for (let n = 0; n < 12; n += 1) {
      s.rooms.join(`more-${n}`);
      await s.clock.advance(10);
    }
    await s.clock.advance(100);
    expect(s.maps).toEqual(['0 101', '50 105', '100 110', '150 112']);
  });

  test('[RM-2] tells those who come while a map waits what is current, once', async () => {
    const s = standMany(100);
    s.rooms.join('a');
    s.rooms.join('b');
    const late: number[] = [];
    s.rooms.rooms$.subscribe((map) => late.push(map.size));
    expect(late).toEqual([102]);
    await s.clock.advance(100);
    expect(late).toEqual([102]);
    expect(s.maps).toEqual(['0 101', '50 102']);
  });
});

describe('an identity', () => {
  test('[ID-1] that follows another forgets the rooms', async () => {
    const s = standRooms();
    s.rooms.belongTo('alice');
    const [joined] = await s.goIn('a');
    const seen = watch(joined!);
    const maps: string[] = [];
    s.rooms.rooms$.subscribe((map) => maps.push(tellRooms(map)));
    s.rooms.end();
    s.rooms.belongTo('bob');
    expect(seen).toEqual(['joined', 'left', 'completed']);
    expect(maps).toEqual(['a joined', '']);
    s.begin();
    expect(s.news()).toEqual([]);
    s.rooms.end();
    s.rooms.belongTo('alice');
    s.begin(true);
    expect(s.news()).toEqual([]);
  });

  test('[ID-1] that is the first keeps what was wished before it', () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    s.rooms.belongTo('alice');
    s.rooms.belongTo('alice');
    s.begin();
    expect(s.news()).toEqual(['join a']);
    expect(membership.state.state).toBe('joining');
  });

  test('[ID-1] that signs out forgets the rooms, and what is wished then is for whoever comes', () => {
    const s = standRooms();
    s.rooms.belongTo('alice');
    const old = s.rooms.join('a');
    s.rooms.belongTo(null);
    expect(old.state.state).toBe('left');
    s.rooms.join('b');
    s.rooms.belongTo('bob');
    s.begin();
    expect(s.news()).toEqual(['join b']);
  });

  test('[ID-1] that goes takes the link with it, and its answers', async () => {
    const s = standRooms();
    s.rooms.belongTo('alice');
    s.rooms.join('a');
    s.begin();
    s.rooms.belongTo('bob');
    const membership = s.rooms.join('a');
    await s.answer('a');
    expect(s.news()).toEqual(['join a']);
    expect(membership.state.state).toBe('joining');
    expect(s.timers.pending).toBe(0);
  });
});

describe('dispose', () => {
  test('[LC-10] completes every observable, with the last word for those that come later', async () => {
    const s = standRooms();
    const [membership] = await s.goIn('a');
    const seen = watch(membership!);
    const done: string[] = [];
    const watchMap = () =>
      s.rooms.rooms$.subscribe({
        next: (map) => done.push(tellRooms(map)),
        complete: () => done.push('completed'),
      });
    watchMap();
    s.rooms.join('b');
    s.rooms.dispose();
    s.rooms.dispose();
    expect(seen).toEqual(['joined', 'completed']);
    expect(done).toEqual(['a joined', 'a joined, b joining', 'completed']);
    expect(watch(membership!)).toEqual(['joined', 'completed']);
    watchMap();
    expect(done.slice(3)).toEqual(['a joined, b joining', 'completed']);
    expect(s.timers.pending).toBe(0);
  });

  test('[LC-10, LC-12] is not a sign-out, also if that follows while it is told', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    membership.state$.subscribe(({ state }) => {
      if (state !== 'joined') return;
      s.rooms.dispose();
      s.rooms.belongTo(null);
    });
    const seen = watch(membership);
    s.begin();
    await s.answer('a');
    expect(seen).toEqual(['joining', 'joined', 'completed']);
  });

  test('[LC-10] is final: nothing is asked for and nothing thrown', async () => {
    const s = standRooms();
    s.begin();
    s.rooms.join('a');
    s.rooms.dispose();
    await s.answer('a');
    s.news();
    const late = s.rooms.join('b');
    expect(watch(late)).toEqual(['left', 'completed']);
    late.leave();
    s.rooms.leave('a');
    s.rooms.belongTo('bob');
    s.begin();
    const settle = vi.fn();
    s.rooms.restore(settle);
    s.rooms.end();
    expect(s.news()).toEqual([]);
    expect(settle).not.toHaveBeenCalled();
    const maps: string[] = [];
    s.rooms.rooms$.subscribe({ complete: () => maps.push('completed') });
    expect(maps).toEqual(['completed']);
  });

  test('[LC-10, LC-12] inside a subscriber: the others hear the same before the end', async () => {
    const s = standRooms();
    const membership = s.rooms.join('a');
    membership.state$.subscribe(({ state }) => state === 'joined' && s.rooms.dispose());
    const seen = watch(membership);
    s.begin();
    await s.answer('a');
    expect(seen).toEqual(['joining', 'joined', 'completed']);
    expect(s.timers.pending).toBe(0);
  });
});

function throwing(): never {
  throw new Error('broken');
}
