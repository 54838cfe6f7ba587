import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PresenceOptions, type PresenceStore, presence, Refuse } from '../../../src/server/index.ts';
import { memoryPresence } from '../../../src/server/presence/memory.ts';
import { createDesk } from '../../support/desk.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function open(options: PresenceOptions = {}) {
  const desk = createDesk();
  return { ...desk, ...presence(desk.namespace, { grace: 1_000, ...options }) };
}

/** Whoever has just come or gone is told of a moment later. */
const settle = () => vi.advanceTimersByTimeAsync(20);

describe('a user', () => {
  test('[SV-3] is online from the first socket to the last', async () => {
    const { connect, isOnline, online } = open();
    expect(await isOnline('alice')).toBe(false);
    const [one, two] = [connect('alice'), connect('alice')];
    expect(await online(['alice', 'bob'])).toEqual({ alice: true, bob: false });
    one.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await isOnline('alice')).toBe(true);
    two.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await isOnline('alice')).toBe(false);
  });

  test('[SV-3] who is back within the grace was never away', async () => {
    const { connect, watch, told, isOnline } = open();
    const watcher = connect('bob').socket;
    const { disconnect } = connect('alice');
    await settle();
    expect(await watch(watcher, ['alice'])).toEqual({ alice: true });
    disconnect();
    await vi.advanceTimersByTimeAsync(990);
    const again = connect('alice');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isOnline('alice')).toBe(true);
    expect(told).toEqual([]);
    again.disconnect();
    await vi.advanceTimersByTimeAsync(1_020);
    expect(told).toEqual([
      { to: watcher.id, event: 'presence:changed', payload: { user: 'alice', online: false } },
    ]);
  });

  test('[SV-3] is nobody where the socket has no name: it is told to the log, and counts for no one', async () => {
    const { connect, notices } = open();
    connect(undefined).disconnect();
    expect(notices).toEqual([
      { kind: 'failed', where: 'presence', error: expect.objectContaining({ code: 'no-user' }) },
    ]);
  });
});

describe('whoever watches', () => {
  test('[SV-3] hears of every change, once, and of nobody else', async () => {
    const { connect, watch, told } = open({ grace: 0 });
    const { socket } = connect('bob');
    expect(await watch(socket, ['alice', '__proto__'])).toEqual({ alice: false, ['__proto__']: false });
    connect('carol');
    const alice = connect('alice');
    await settle();
    alice.disconnect();
    await settle();
    expect(told.map(({ payload }) => payload)).toEqual([
      { user: 'alice', online: true },
      { user: 'alice', online: false },
    ]);
  });

  test('[SV-3] hears nothing more after unwatch, nor once it is gone', async () => {
    const { connect, watch, unwatch, told } = open();
    const [one, two] = [connect('bob'), connect('bob')];
    await watch(one.socket, ['alice']);
    await watch(two.socket, ['alice', 'carol']);
    unwatch(one.socket, ['alice', 'nobody']);
    two.disconnect();
    connect('alice');
    connect('carol');
    await settle();
    expect(told).toEqual([]);
  });

  test('[SV-3] may watch so many and no more', async () => {
    const { connect, watch, told } = open({ limit: 2 });
    const { socket } = connect('bob');
    await watch(socket, ['a', 'b']);
    await watch(socket, ['a']);
    await expect(watch(socket, ['c'])).rejects.toEqual(
      new Refuse('too-many-watched', { details: { most: 2 } }),
    );
    connect('c');
    await settle();
    expect(told).toEqual([]);
  });

  test.each([[['a', 7]], ['abc'], [undefined], [[null]]])('[SV-3] %j is nobody to watch', async (users) => {
    const { connect, watch } = open();
    await expect(watch(connect('bob').socket, users as never)).rejects.toEqual(new Refuse('bad-users'));
  });

  test('[SV-3] hears through the store what other nodes did not say: at the next beat', async () => {
    const store = { ...memoryPresence(), expiry: 3_000 };
    const { connect, watch, told } = open({ store });
    const { socket } = connect('bob');
    await watch(socket, ['alice']);
    await settle();
    await store.put(['alice'], []);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.map(({ payload }) => payload)).toEqual([{ user: 'alice', online: true }]);
  });

  test('[SV-3] hears at once of what another node hints at', async () => {
    const store = memoryPresence();
    const { namespace, connect, watch, told } = open({ store });
    await watch(connect('bob').socket, ['alice']);
    await store.put(['alice'], []);
    (namespace as unknown as { emit(event: string, users: string[]): void }).emit('holdfast:presence', [
      'alice',
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.map(({ payload }) => payload)).toEqual([{ user: 'alice', online: true }]);
  });
});

describe('the store', () => {
  function spied(overrides: Partial<PresenceStore> = {}) {
    const store = { ...memoryPresence(), expiry: 3_000, ...overrides };
    for (const name of ['put', 'restate', 'beat', 'online'] as const) vi.spyOn(store, name);
    return store as {
      [K in keyof PresenceStore]: PresenceStore[K] & ReturnType<typeof vi.fn>;
    } & PresenceStore;
  }

  test('[SV-3] is told of thousands who come at a moment in one go', async () => {
    const store = spied();
    const { connect } = open({ store });
    await settle();
    for (let n = 0; n < 3_000; n += 1) connect(`user ${n}`);
    await settle();
    expect(store.put).toHaveBeenCalledTimes(1);
    expect(store.put.mock.calls[0]?.[0]).toHaveLength(3_000);
  });

  test('[SV-3] that gave this node up is told anew who is here', async () => {
    const store = spied();
    const { connect } = open({ store });
    connect('alice');
    await settle();
    await store.put([], ['alice']);
    vi.mocked(store.beat).mockResolvedValueOnce(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.restate).toHaveBeenLastCalledWith(['alice']);
    expect(await store.online(['alice'])).toEqual([true]);
  });

  test('[SV-3] that failed is told all that it missed when it is back', async () => {
    const store = spied();
    const { connect, notices } = open({ store, grace: 0 });
    const bob = connect('bob');
    await settle();
    vi.mocked(store.put).mockRejectedValueOnce(new Error('down'));
    connect('alice');
    bob.disconnect();
    await settle();
    expect(notices).toEqual([{ kind: 'failed', where: 'presence', error: new Error('down') }]);
    expect(await store.online(['alice', 'bob'])).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await store.online(['alice', 'bob'])).toEqual([true, false]);
  });

  test('[SV-3] hears nothing more once presence is closed', async () => {
    const store = spied();
    const { connect, close } = open({ store });
    const { disconnect } = connect('alice');
    await settle();
    close();
    disconnect();
    const calls = store.put.mock.calls.length + store.beat.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.put.mock.calls.length + store.beat.mock.calls.length).toBe(calls);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each([[{ grace: -1 }], [{ store: {} }], [{ limit: 0 }], [{ user: 1 }], [{ graze: 1 }]])(
  '[ER-1] %o is refused by name',
  (options) => {
    expect(() => open(options as never)).toThrow(expect.objectContaining({ name: 'HoldfastServerError' }));
  },
);
