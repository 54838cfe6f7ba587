import { afterEach, describe, expect, vi } from 'vitest';
import {
  type DedupeStore,
  type ExactlyOnceOptions,
  exactlyOnce,
  memoryDedupe,
  Refuse,
} from '../../../src/server/index.ts';
import { createDesk } from '../../support/desk.ts';
import { fc, test } from '../../support/properties.ts';

afterEach(() => vi.useRealTimers());

/** A namespace whose `order` runs `handle`. */
function open(
  handle: (payload: unknown, context: object) => unknown,
  { name, ...options }: Partial<ExactlyOnceOptions> & { name?: string } = {},
) {
  const desk = createDesk(name);
  const { onMessage } = exactlyOnce(desk.namespace, { store: memoryDedupe(), ...options });
  const handler = vi.fn(handle);
  onMessage('order', handler);
  return { ...desk, handler, onMessage };
}

/** Runs of a handler that ends when told to. */
function byHand() {
  const runs: PromiseWithResolvers<unknown>[] = [];
  return {
    runs,
    handle: () => {
      let settle = {};
      const promise = new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
      runs.push({ ...settle, promise } as PromiseWithResolvers<unknown>);
      return promise;
    },
  };
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

describe('a message that comes again', () => {
  test('[SV-4] [OB-3] is answered with the first answer, and its handler does not run', async () => {
    let n = 0;
    const { connect, handler, notices } = open(() => {
      n += 1;
      return { n };
    });
    const first = connect('alice');
    expect(await first.say('order', { id: 'a', text: 'x' })).toEqual({ n: 1 });
    expect(await first.say('order', { id: 'a', text: 'x' })).toEqual({ n: 1 });
    // From another tab, or after a reconnect.
    expect(await connect('alice').say('order', { id: 'a' })).toEqual({ n: 1 });
    expect(handler).toHaveBeenCalledTimes(1);
    expect(handler.mock.calls[0]).toEqual([
      { id: 'a', text: 'x' },
      { socket: first.socket, user: 'alice', id: 'a' },
    ]);
    expect(notices).toEqual(Array(2).fill({ kind: 'deduplicated', event: 'order' }));
  });

  test('[SV-4] while the handler runs, waits for its answer: on the same socket and on another', async () => {
    const { runs, handle } = byHand();
    const { connect, handler } = open(handle);
    const [one, other] = [connect('alice'), connect('alice')];
    const said = [one, one, other].map(({ say }) => say('order', { id: 'a' }));
    await vi.waitFor(() => expect(runs).toHaveLength(1));
    runs[0]?.resolve('stored');
    expect(await Promise.all(said)).toEqual(['stored', 'stored', 'stored']);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test('[SV-4] is somebody else’s where the user, the event or the namespace differs', async () => {
    const store = memoryDedupe();
    const { connect, handler, onMessage } = open(() => 'order', { store });
    const cancel = vi.fn(() => 'cancel');
    onMessage('cancel', cancel);
    const elsewhere = open(() => 'elsewhere', { store, name: '/admin' });
    expect(await connect('alice').say('order', { id: 'a' })).toBe('order');
    expect(await connect('bob').say('order', { id: 'a' })).toBe('order');
    expect(await connect('alice').say('cancel', { id: 'a' })).toBe('cancel');
    expect(await elsewhere.connect('alice').say('order', { id: 'a' })).toBe('elsewhere');
    expect(handler).toHaveBeenCalledTimes(2);
    // Names that run into each other when they are only put side by side.
    await connect('x","order","y').say('order', { id: 'z' });
    await connect('x').say('order', { id: 'y","order","z' });
    expect(handler).toHaveBeenCalledTimes(4);
  });

  test('[SV-4] after `ttl` runs again', async () => {
    vi.useFakeTimers();
    const { connect, handler } = open(() => 1, { ttl: 1_000 });
    const { say } = connect('alice');
    await say('order', { id: 'a' });
    await vi.advanceTimersByTimeAsync(999);
    await say('order', { id: 'a' });
    expect(handler).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    await say('order', { id: 'a' });
    expect(handler).toHaveBeenCalledTimes(2);
  });
});

describe('a handler that says no', () => {
  test('[SV-4] with Refuse is answered as it says, and remembered', async () => {
    const { connect, handler } = open(() => {
      throw new Refuse('too-long', { details: { most: 500 } });
    });
    const { say } = connect('alice');
    const refusal = { error: { code: 'too-long', details: { most: 500 } } };
    expect(await say('order', { id: 'a' })).toEqual(refusal);
    expect(await say('order', { id: 'a' })).toEqual(refusal);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['throws', () => Promise.reject(new Refuse('busy', { retryable: true })), { code: 'busy' }],
    ['answers', () => ({ error: 'busy', retryable: true }), 'busy'],
  ])('[SV-4] for now is not remembered when it %s', async (_, refuse, error) => {
    let isBusy = true;
    const { connect } = open(() => (isBusy ? refuse() : 'stored'));
    const { say } = connect('alice');
    expect(await say('order', { id: 'a' })).toEqual({ error, retryable: true });
    isBusy = false;
    expect(await say('order', { id: 'a' })).toBe('stored');
    expect(await say('order', { id: 'a' })).toBe('stored');
  });

  test('[SV-4] by any other error says nothing of it to the client, and all to the log; it does not run again', async () => {
    const error = new Error('password of the database is hunter2');
    const { connect, handler, notices } = open(() => {
      throw error;
    });
    const { say } = connect('alice');
    expect(await say('order', { id: 'a' })).toEqual({ error: { code: 'failed' } });
    expect(await say('order', { id: 'a' })).toEqual({ error: { code: 'failed' } });
    expect(handler).toHaveBeenCalledTimes(1);
    expect(notices).toEqual([
      { kind: 'failed', where: 'order', error },
      { kind: 'deduplicated', event: 'order' },
    ]);
  });

  test('[SV-4] nothing for too long: the client is told to ask again, and gets the answer when there is one', async () => {
    vi.useFakeTimers();
    const { runs, handle } = byHand();
    const { connect, handler } = open(handle, { timeout: 1_000, lease: 300 });
    const { say } = connect('alice');
    const said = say('order', { id: 'a' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await said).toEqual({ error: { code: 'still-running' }, retryable: true });
    const again = say('order', { id: 'a' });
    runs[0]?.resolve('stored');
    expect(await again).toBe('stored');
    expect(handler).toHaveBeenCalledTimes(1);
  });
});

describe('ids', () => {
  const wrong = [1, null, '', {}, ['a'], true, 'x'.repeat(129)];
  test.each(wrong.map((id) => [id]))('[SV-4] %j is none, and is refused', async (id) => {
    const { connect, handler } = open(() => 1);
    const { say } = connect('alice');
    expect(await say('order', { id })).toEqual({ error: { code: 'bad-id' } });
    expect(await say('order', { id: 'a', 'holdfast:id': id })).toEqual({ error: { code: 'bad-id' } });
    expect(handler).not.toHaveBeenCalled();
  });

  test('[SV-4] [OB-3] of the dialect go before the app’s own, and are not seen by the handler', async () => {
    const { connect, handler } = open(() => 1, { withoutId: 'refuse' });
    const { say, socket } = connect('alice');
    const sent = { id: 'of the app', text: 'x', 'holdfast:id': 'a' };
    await say('order', sent);
    await say('order', { ...sent, id: 'another of the app' });
    const context = { socket, user: 'alice', id: 'a' };
    expect(handler.mock.calls).toEqual([[{ id: 'of the app', text: 'x' }, context]]);
    // Whoever else listens sees what was sent.
    expect(sent).toHaveProperty('holdfast:id');
    // The one key is not the other: both are ids of this event.
    await say('order', { id: 'a' });
    expect(handler).toHaveBeenCalledTimes(1);
    await say('order', JSON.parse('{"holdfast:id":"b","__proto__":{"admin":true}}'));
    expect(handler.mock.calls.at(-1)?.[0]).not.toHaveProperty('admin');
  });

  test.each([[undefined], ['text'], [{ text: 'x' }], [Object.create({ id: 'inherited' })]])(
    '[SV-4] a message without one runs each time, or is refused: %j',
    async (payload) => {
      const lax = open(() => 1);
      const { say } = lax.connect('alice');
      await say('order', payload);
      expect(await say('order', payload)).toBe(1);
      expect(lax.handler).toHaveBeenCalledTimes(2);
      const strict = open(() => 1, { withoutId: 'refuse' });
      expect(await strict.connect('alice').say('order', payload)).toEqual({ error: { code: 'no-id' } });
      expect(strict.handler).not.toHaveBeenCalled();
    },
  );

  test('[SV-4] are looked for under `idKey`', async () => {
    const { connect, handler } = open(() => 1, { idKey: 'key' });
    const { say } = connect('alice');
    await say('order', { key: 'a', id: 'x' });
    await say('order', { key: 'a', id: 'y' });
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test('[SV-4] of nobody are no one’s: without a user nothing runs', async () => {
    const { connect, handler, notices } = open(() => 1);
    const refusal = { error: { code: 'unavailable' } };
    for (const user of [undefined, '', 7, {}])
      expect(await connect(user).say('order', { id: 'a' })).toEqual(refusal);
    expect(handler).not.toHaveBeenCalled();
    expect(notices[0]).toMatchObject({
      kind: 'failed',
      error: { code: 'no-user', hint: expect.any(String) },
    });
  });
});

describe('a store that fails', () => {
  const refusal = { error: { code: 'unavailable' }, retryable: true };

  test('[SV-4] before the handler has run: the client is to ask again', async () => {
    const store: DedupeStore = { ...memoryDedupe(), begin: () => Promise.reject(new Error('down')) };
    const { connect, handler, notices } = open(() => 1, { store });
    expect(await connect('alice').say('order', { id: 'a' })).toEqual(refusal);
    expect(handler).not.toHaveBeenCalled();
    expect(notices).toEqual([{ kind: 'failed', where: 'order', error: new Error('down') }]);
  });

  test('[SV-4] after it: the client gets its answer, since a refusal would have it done again', async () => {
    const store: DedupeStore = { ...memoryDedupe(), finish: () => Promise.reject(new Error('down')) };
    const { connect, notices } = open(() => 1, { store });
    expect(await connect('alice').say('order', { id: 'a' })).toBe(1);
    expect(notices).toEqual([{ kind: 'failed', where: 'exactlyOnce', error: new Error('down') }]);
  });

  test('[SV-4] once, when it is to keep the answer: it is asked again, and a repeat is answered', async () => {
    const memory = memoryDedupe();
    const finish = vi.fn(memory.finish).mockRejectedValueOnce(new Error('connection lost'));
    const { connect, handler, notices } = open(() => 1, { store: { ...memory, finish } });
    const { say } = connect('alice');
    expect([await say('order', { id: 'a' }), await say('order', { id: 'a' })]).toEqual([1, 1]);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(notices).toEqual([{ kind: 'deduplicated', event: 'order' }]);
  });

  test('[SV-4] by never answering: the client is to ask again, and the handler runs once when it comes to', async () => {
    vi.useFakeTimers();
    const memory = memoryDedupe();
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const store: DedupeStore = {
      ...memory,
      begin: async (...args) => asleep.then(() => memory.begin(...args)),
    };
    const { connect, handler } = open(() => 1, { store, timeout: 500 });
    const { say } = connect('alice');
    const said = [say('order', { id: 'a' }), say('order', { id: 'a' })];
    await vi.advanceTimersByTimeAsync(500);
    for (const answer of await Promise.all(said)) expect(answer).toMatchObject({ retryable: true });
    wake();
    expect(await say('order', { id: 'a' })).toBe(1);
    expect(handler).toHaveBeenCalledTimes(1);
  });
});

describe('two nodes', () => {
  function pair(options: Partial<ExactlyOnceOptions> = {}) {
    vi.useFakeTimers();
    const store = memoryDedupe();
    const hand = byHand();
    const nodes = [1, 2].map(() => open(hand.handle, { store, lease: 900, timeout: 5_000, ...options }));
    return { ...hand, nodes, says: nodes.map(({ connect }) => connect('alice').say) };
  }

  test('[SV-4] run a message once: the other one waits, for longer than a lease if need be', async () => {
    const { runs, says } = pair();
    const said = says.map((say) => say('order', { id: 'a' }));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(runs).toHaveLength(1);
    runs[0]?.resolve('stored');
    await vi.advanceTimersByTimeAsync(500);
    expect(await Promise.all(said)).toEqual(['stored', 'stored']);
  });

  test('[SV-4] a node that waits too long gives its own sender an answer, and stops looking', async () => {
    const { says, nodes } = pair();
    void says[0]?.('order', { id: 'a' });
    const said = says[1]?.('order', { id: 'a' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await said).toEqual({ error: { code: 'still-running' }, retryable: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(nodes[1]?.handler).not.toHaveBeenCalled();
  });

  test('[SV-4] one that dies in the middle leaves the message to the other, after the lease and not before', async () => {
    const { runs, says, nodes } = pair();
    void says[0]?.('order', { id: 'a' });
    await vi.advanceTimersByTimeAsync(0);
    // It can no longer extend, nor finish.
    vi.clearAllTimers();
    const said = says[1]?.('order', { id: 'a' });
    await vi.advanceTimersByTimeAsync(890);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(runs).toHaveLength(2);
    runs[1]?.resolve('second');
    expect(await said).toBe('second');
    // It was not dead, only asleep: what it has to say is not kept, and it is told.
    runs[0]?.resolve('first');
    await vi.advanceTimersByTimeAsync(0);
    expect(await says[0]?.('order', { id: 'a' })).toBe('second');
    expect(nodes[0]?.notices).toContainEqual({
      kind: 'failed',
      where: 'exactlyOnce',
      error: expect.objectContaining({ name: 'LeaseLost' }),
    });
  });
});

describe('answers', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  /** As Socket.IO: what it cannot write throws, and does not count as answered. */
  const wire =
    (answered: unknown[][]) =>
    (...args: unknown[]) => {
      JSON.stringify(args);
      answered.push(args);
    };

  test.each([
    ['a cycle', cycle, []],
    ['a BigInt', { n: 1n }, []],
    ['a refusal with a cycle', { error: cycle }, [{ error: { code: 'failed' } }]],
    ['a refusal for now with a BigInt', { error: 1n, retryable: true }, [{ error: { code: 'failed' } }]],
    ['nothing', undefined, []],
    ['null', null, [null]],
  ])('[SV-4] %s', async (_, given, expected) => {
    const { connect } = open(() => given);
    const { socket } = connect('alice');
    const answered: unknown[][] = [];
    socket.emit('order', { id: 'a' }, wire(answered));
    await vi.waitFor(() => expect(answered).toHaveLength(1));
    socket.emit('order', { id: 'a' }, wire(answered));
    await vi.waitFor(() => expect(answered).toEqual([expected, expected]));
  });

  test('[SV-4] that hold bytes, or are too long to keep, are given once; a repeat is acknowledged without', async () => {
    for (const answer of [{ file: new Uint8Array(3) }, { file: Buffer.from('x') }, 'x'.repeat(200_000)]) {
      const { connect, handler, notices } = open(() => answer);
      const { say } = connect('alice');
      expect(await say('order', { id: 'a' })).toEqual(answer);
      expect(await say('order', { id: 'a' })).toBeUndefined();
      expect(handler).toHaveBeenCalledTimes(1);
      expect(notices[0]).toMatchObject({ kind: 'failed' });
    }
  });

  test('[SV-4] are not needed: a message that asks for none runs once all the same', async () => {
    const { connect, handler } = open(() => 1);
    const { socket } = connect('alice');
    socket.emit('order', { id: 'a' });
    socket.emit('order', { id: 'a' });
    socket.emit('order');
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2));
  });
});

const anything = fc.oneof(
  fc.anything({ withNullPrototype: true }),
  fc.constant(() => {}),
);

test.prop([fc.array(fc.oneof(anything, fc.record({ id: anything })), { maxLength: 3 })])(
  '[SV-4] whatever is said, exactly one answer comes',
  async (args) => {
    const { connect } = open((payload) => payload);
    const { socket } = connect('alice');
    let answers = 0;
    const answered = new Promise<void>((resolve) =>
      socket.emit('order', ...args, () => {
        answers += 1;
        resolve();
      }),
    );
    await answered;
    expect(answers).toBe(1);
  },
);

describe('set up', () => {
  test('[SV-4] after sockets have come, handlers serve these too', async () => {
    const desk = createDesk();
    const { say } = desk.connect('alice');
    const { onMessage } = exactlyOnce(desk.namespace, { store: memoryDedupe() });
    onMessage('order', () => 1);
    expect(await say('order', { id: 'a' })).toBe(1);
  });

  test('[ER-1] one event has one handler', () => {
    const { onMessage } = open(() => 1);
    expect(() => onMessage('order', () => 2)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => onMessage('', () => 2)).toThrow(/`event`/);
    expect(() => onMessage('other', 7 as never)).toThrow(/`handler`/);
  });

  test.each([
    [{}, '`store` is undefined; allowed: an object with begin(), extend(), finish(), release()'],
    [{ store: {} }, '`store`'],
    [{ ttl: 0 }, '`ttl`'],
    [{ ttl: Number.NaN }, '`ttl`'],
    [{ lease: 2 ** 31 }, '`lease`'],
    [{ timeout: '5' }, '`timeout`'],
    [{ idKey: '' }, '`idKey`'],
    [{ user: 'alice' }, '`user`'],
    [{ withoutId: 'drop' }, '`withoutId`'],
    [{ tll: 5 }, 'no option `tll` of exactlyOnce()'],
    [null, '`options of exactlyOnce()`'],
  ])('[ER-1] %o is refused by name', (wrong, message) => {
    const { namespace } = createDesk();
    const complete =
      wrong === null || Object.keys(wrong).length === 0 ? wrong : { store: memoryDedupe(), ...wrong };
    expect(() => exactlyOnce(namespace, complete as never)).toThrow(message);
  });
});
