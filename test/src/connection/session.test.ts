import { describe, expect, test } from 'vitest';
import {
  type Connection,
  type Gap,
  type Inbound,
  LinkCallError,
  memoryStore,
  type Status,
} from '../../../src/index.ts';
import { replay } from '../../../src/testing/replay.ts';
import { createHarness, type Harness } from '../../support/harness.ts';

/** Acknowledges everything. */
const acknowledge = async () => ({ ok: true });

/** What ends it is done when the store has done its part, and not before. */
async function expectToWaitFor(part: 'clear' | 'close', end: (connection: Connection) => Promise<void>) {
  let finish: () => void = () => {};
  const store = { ...memoryStore(), [part]: () => new Promise<void>((resolve) => (finish = resolve)) };
  const h = createHarness({ outbox: { store } });
  h.connection.connect('alice');
  let isDone = false;
  const done = end(h.connection).then(() => (isDone = true));
  await h.settle();
  expect(isDone).toBe(false);
  finish();
  await done;
}

async function back(h: Harness, details: { recovered?: boolean } = {}): Promise<void> {
  h.dial.lose();
  h.connection.retry();
  await h.grant();
  h.dial.open(details);
  await h.settle();
}

/** An answer comes before the time for it is over. */
async function passSlowly(h: Harness, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) await h.pass(500);
}

const events = (h: Harness) => h.sent.map(({ event }) => event);

describe('send', () => {
  test('[OB-1] before anybody is known is an error at once', () => {
    const h = createHarness();
    expect(() => h.connection.send('hello', {})).toThrow(expect.objectContaining({ code: 'no-identity' }));
  });

  test('[OB-1, OB-2] waits for the link, then goes out in order, each acknowledged', async () => {
    const h = createHarness();
    h.answerWith(async (_, [payload]) => payload);
    h.connection.connect('alice');
    const deliveries = [1, 2, 3].map((n) => h.connection.send('count', { n }));
    expect(deliveries.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    await h.grant();
    h.dial.open();
    expect(h.sent).toEqual([1, 2, 3].map((n) => ({ event: 'count', args: [{ n }] })));
    await expect(Promise.all(deliveries.map(({ acknowledged }) => acknowledged))).resolves.toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
  });

  test('[OB-1] on a link that is live already goes out at once', async () => {
    const h = createHarness();
    h.answerWith(acknowledge);
    await h.goLive();
    const delivery = h.connection.send('hello', {});
    expect(delivery.state).toBe('sending');
    await h.settle();
    expect(delivery.state).toBe('acknowledged');
  });

  test('[OB-2, OB-3] goes again after a loss, before what is newer', async () => {
    const h = createHarness();
    h.answerWith(
      () => new Promise((_, reject) => h.clock.setTimeout(() => reject(new LinkCallError('lost')), 1)),
    );
    await h.goLive();
    h.connection.send('first', {});
    h.answerWith(acknowledge);
    h.dial.lose();
    await h.pass(1);
    h.connection.send('second', {});
    h.connection.retry();
    await h.grant();
    h.dial.open();
    await h.settle();
    expect(events(h)).toEqual(['first', 'first', 'second']);
  });

  test('[ID-2] of one user waits under their name while another is connected', async () => {
    const h = createHarness();
    h.answerWith(acknowledge);
    h.connection.connect('alice');
    const delivery = h.connection.send('from alice', {});
    h.connection.connect('bob');
    await h.grant();
    h.dial.open();
    await h.settle();
    expect(events(h)).toEqual([]);
    expect(delivery.state).toBe('queued');
    h.connection.connect('alice');
    await h.grant();
    h.dial.open();
    await expect(delivery.acknowledged).resolves.toEqual({ ok: true });
  });

  test('[ID-2] is settled and erased by signing out, which waits for the store', async () => {
    const store = memoryStore();
    const h = createHarness({ outbox: { store } });
    h.connection.connect('alice');
    const delivery = h.connection.send('hello', {});
    await h.connection.signOut();
    expect(delivery.state).toBe('discarded');
    await expect(delivery.acknowledged).rejects.toMatchObject({ code: 'delivery-discarded' });
    expect(store.load('alice')).toEqual({ entries: [], corrupt: [] });
    expect(() => h.connection.send('hello', {})).toThrow(expect.objectContaining({ code: 'no-identity' }));
  });

  test('[ID-2] is erased when the promise of signing out says so, and not before', async () => {
    await expectToWaitFor('clear', (connection) => connection.signOut());
  });

  test('[ID-2] erases nothing in the store where nobody is signed out', async () => {
    const cleared: unknown[] = [];
    const store = { ...memoryStore(), clear: (identity: string) => void cleared.push(identity) };
    const h = createHarness({ outbox: { store } });
    h.connection.outbox$.subscribe();
    await h.connection.signOut();
    h.connection.connect('alice');
    await h.connection.signOut();
    await h.connection.signOut();
    expect(cleared).toEqual(['alice']);
  });

  test('[OB-7] is not needed for what an earlier process left in the store', async () => {
    const store = memoryStore();
    const before = createHarness({ outbox: { store } });
    before.connection.connect('alice');
    const { id } = before.connection.send('left', { n: 1 });
    await before.connection.dispose();

    const h = createHarness({ outbox: { store } });
    h.answerWith(acknowledge);
    await h.goLive('alice');
    expect(h.sent).toEqual([{ event: 'left', args: [{ n: 1 }] }]);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    await h.settle();
    expect(store.load('alice')).toEqual({ entries: [], corrupt: [] });
  });

  test('[LK-5] sets the message aside that broke the link', async () => {
    const h = createHarness();
    h.answerWith(() => new Promise(() => {}));
    await h.goLive();
    const small = h.connection.send('small', 'x');
    const large = h.connection.send('large', 'x'.repeat(1_000));
    h.dial.lose({ reason: 'transport close', closeCode: 1009 });
    await expect(large.acknowledged).rejects.toMatchObject({ code: 'message-too-big' });
    expect(small.state).toBe('sending');
    expect(h.problems.map(({ code }) => code)).toEqual(['message-too-big']);
  });

  test('[LC-10] after the end is an error, and what waited is told', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    const delivery = h.connection.send('hello', {});
    const states: string[] = [];
    delivery.state$.subscribe({
      next: (state) => states.push(state),
      complete: () => states.push('complete'),
    });
    await h.connection.dispose();
    await expect(delivery.acknowledged).rejects.toMatchObject({ code: 'disposed' });
    expect(states).toEqual(['queued', 'complete']);
    let isComplete = false;
    h.connection.outbox$.subscribe({ complete: () => (isComplete = true) });
    expect(isComplete).toBe(true);
    expect(() => h.connection.send('hello', {})).toThrow(expect.objectContaining({ code: 'disposed' }));
  });

  test('[LC-10] for the first time after the end is an error too, and its outbox complete', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.connection.dispose();
    expect(() => h.connection.send('hello', {})).toThrow(expect.objectContaining({ code: 'disposed' }));
    const seen: unknown[] = [];
    h.connection.outbox$.subscribe({ complete: () => seen.push('complete') });
    expect(seen).toEqual(['complete']);
  });

  test('[LC-10, OB-7] is at its end when the store has let go', async () => {
    await expectToWaitFor('close', (connection) => connection.dispose());
  });

  test('[LC-10] under way at the end is told so, a `once` message too', async () => {
    const h = createHarness();
    h.answerWith(() => new Promise(() => {}));
    await h.goLive();
    const deliveries = [false, true].map((once) => h.connection.send('hello', {}, { once }));
    await h.connection.dispose();
    for (const { acknowledged } of deliveries) {
      await expect(acknowledged).rejects.toMatchObject({ code: 'disposed' });
    }
  });

  test('[OB-5] shows what waits, of the current identity', async () => {
    const h = createHarness();
    const views: number[] = [];
    h.connection.outbox$.subscribe(({ queued }) => views.push(queued));
    h.connection.connect('alice');
    h.connection.send('hello', {});
    h.connection.send('hello', {});
    await h.settle();
    expect(views).toEqual([0, 2]);
  });
});

describe('rooms', () => {
  test('[RM-1] wished while missed messages are asked for are joined at once', async () => {
    const h = createHarness({ sync: () => new Promise(() => {}) });
    h.answerWith(acknowledge);
    await h.goLive();
    await back(h);
    expect(h.connection.getStatus()).toMatchObject({ phase: 'restoring' });
    h.connection.join('lobby');
    expect(events(h)).toEqual(['room:join']);
  });

  test('[RM-1] wished without a link wait for one', async () => {
    const h = createHarness();
    h.answerWith(acknowledge);
    await h.goLive();
    h.dial.lose();
    const lobby = h.connection.join('lobby');
    await h.settle();
    expect([events(h), lobby.state, h.problems]).toEqual([[], { state: 'joining' }, []]);
  });

  test('[RM-1] wished while a hole is asked about are joined at once', async () => {
    const h = createHarness({
      identify: ({ payload }) => payload as { id: string; sequence: number },
      sync: () => new Promise(() => {}),
    });
    h.answerWith(acknowledge);
    await h.goLive();
    for (const sequence of [1, 3]) h.dial.say('post', { id: `p${sequence}`, sequence });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'restoring' });
    h.connection.join('lobby');
    expect(events(h)).toEqual(['room:join']);
  });

  test('[RM-1] that have no answer leave the connection live and degraded, until they have one', async () => {
    const h = createHarness();
    h.connection.join('lobby');
    h.connection.join('garden');
    await h.goLive();
    await passSlowly(h, 60_000);
    expect(h.connection.getStatus()).toMatchObject({
      phase: 'live',
      degraded: [{ code: 'rooms-unanswered', message: 'no answer for 2 of the rooms' }],
    });
    h.answerWith(acknowledge);
    await passSlowly(h, 60_000);
    expect(h.connection.getStatus()).toMatchObject({ phase: 'live', degraded: [] });
  });

  test('[RM-1, SY-1] that are answered late end no question but their own', async () => {
    const h = createHarness({ sync: { fetch: () => new Promise(() => {}), timeout: 1_000_000 } });
    h.answerWith(acknowledge);
    await h.goLive();
    const lobby = h.connection.join('lobby');
    await h.settle();
    h.answerWith(async () => Promise.reject(new LinkCallError('timeout')));
    await back(h);
    await passSlowly(h, 60_000);
    expect(lobby.state).toEqual({ state: 'joining' });
    const before = h.sent.length;
    h.answerWith(acknowledge);
    await passSlowly(h, 60_000);
    expect(h.sent.length).toBeGreaterThan(before);
    expect(lobby.state).toEqual({ state: 'joined' });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'restoring' });
  });

  test('[RM-1, SY-1] that are answered while something else is restored are missing no more once it is live', async () => {
    let sync: (items: []) => void = () => {};
    const fetch = () => new Promise<[]>((resolve) => (sync = resolve));
    const h = createHarness({ sync: { fetch, timeout: 1_000_000 } });
    h.answerWith(acknowledge);
    await h.goLive();
    const lobby = h.connection.join('lobby');
    await h.settle();
    h.answerWith(async () => Promise.reject(new LinkCallError('timeout')));
    await back(h);
    await passSlowly(h, 60_000);
    h.answerWith(acknowledge);
    await passSlowly(h, 60_000);
    expect(lobby.state).toEqual({ state: 'joined' });
    sync([]);
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({ phase: 'live', degraded: [] });
  });

  test('[RM-1, ST-2] that are answered late say nothing where something else is missing', async () => {
    const fetch = () => Promise.reject(new Error('no history'));
    const h = createHarness({ sync: { fetch, retries: 0 } });
    h.answerWith(acknowledge);
    await h.goLive();
    const lobby = h.connection.join('lobby');
    await h.settle();
    let isFirst = true;
    h.answerWith(async () => {
      if (!isFirst) return acknowledge();
      isFirst = false;
      throw new LinkCallError('timeout');
    });
    await back(h);
    await passSlowly(h, 60_000);
    expect(lobby.state).toEqual({ state: 'joined' });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'live', degraded: [{ code: 'sync-failed' }] });
    const told = h.statuses.map((status) => JSON.stringify(status));
    expect(told.filter((each, index) => each === told[index - 1])).toEqual([]);
  });

  test('[RM-1, LC-7] that are answered on a live link are nothing to the machine', async () => {
    const told: unknown[] = [];
    const h = createHarness({ inspect: (event) => 'event' in event && told.push(event.event.type) });
    h.answerWith(acknowledge);
    await h.goLive();
    const lobby = h.connection.join('lobby');
    await h.settle();
    expect(lobby.state).toEqual({ state: 'joined' });
    expect(told).toContain('link.opened');
    expect(told).not.toContain('restoring.done');
  });

  test('[LC-10] wished after the end are left, and there are none', async () => {
    const h = createHarness();
    await h.connection.dispose();
    expect(h.connection.join('lobby').state).toEqual({ state: 'left' });
    let isComplete = false;
    h.connection.rooms$.subscribe({ complete: () => (isComplete = true) });
    expect(isComplete).toBe(true);
  });

  test('[RM-1, OB-2] wished before the first connection are joined before anything is sent', async () => {
    const h = createHarness();
    const answers: (() => void)[] = [];
    h.answerWith(
      (event) =>
        new Promise((resolve) => (event === 'room:join' ? answers.push(() => resolve({})) : resolve({}))),
    );
    const membership = h.connection.join('lobby');
    h.connection.connect('alice');
    h.connection.send('hello', {});
    await h.grant();
    h.dial.open();
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({ phase: 'restoring' });
    expect(h.sent).toEqual([{ event: 'room:join', args: ['lobby'] }]);
    answers[0]?.();
    await h.settle();
    expect(events(h)).toEqual(['room:join', 'hello']);
    expect(membership.state).toEqual({ state: 'joined' });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'live' });
  });

  test('[RM-1] joined on a live link are asked for at once', async () => {
    const h = createHarness();
    h.answerWith(acknowledge);
    await h.goLive();
    h.connection.join('lobby');
    expect(events(h)).toEqual(['room:join']);
    await h.settle();
    h.connection.leave('lobby');
    expect(events(h)).toEqual(['room:join', 'room:leave']);
  });

  test.each([{ recovered: false }, { recovered: true }])(
    '[RM-1, RM-3] are asked for again on the next link, and one left meanwhile is not: $recovered',
    async ({ recovered }) => {
      const h = createHarness();
      h.answerWith(acknowledge);
      await h.goLive();
      h.connection.join('lobby');
      h.connection.join('garden');
      await h.settle();
      h.dial.lose();
      h.connection.leave('garden');
      const before = h.sent.length;
      h.connection.retry();
      await h.grant();
      h.dial.open({ recovered });
      await h.settle();
      const told = h.sent.slice(before).map(({ event, args }) => `${event} ${args[0]}`);
      expect(told.sort()).toEqual(recovered ? ['room:join lobby', 'room:leave garden'] : ['room:join lobby']);
    },
  );

  test('[RM-2, ID-1] refuse with a reason, and are forgotten with their user', async () => {
    const h = createHarness();
    h.answerWith(async (_, [room]) => (room === 'vault' ? { error: 'members only' } : {}));
    await h.goLive('alice');
    const vault = h.connection.join('vault');
    const lobby = h.connection.join('lobby');
    const seen: string[] = [];
    h.connection.rooms$.subscribe((rooms) =>
      seen.push([...rooms].map(([name, { state }]) => `${name} ${state}`).join(', ')),
    );
    await h.settle();
    expect(vault.state).toMatchObject({
      state: 'refused',
      cause: { code: 'room-refused', answer: 'members only' },
    });
    expect(seen.at(-1)).toBe('vault refused, lobby joined');
    h.connection.connect('bob');
    expect(lobby.state).toEqual({ state: 'left' });
    expect(seen.at(-1)).toBe('');
  });
});

describe('what was missed', () => {
  const identify = ({ payload }: Inbound) => {
    const { id, n } = payload as { id: string; n: number };
    return { id, sequence: n };
  };
  const post = (n: number) => ({ id: `p${n}`, n });
  const item = (n: number) => ({ event: 'post', payload: post(n) });

  function createReader(sync: (cursor: number | undefined) => unknown) {
    const asked: (number | undefined)[] = [];
    const h = createHarness({
      identify,
      sync: ({ cursors }) => {
        asked.push(cursors['default']);
        return sync(cursors['default']) as never;
      },
    });
    const read: string[] = [];
    h.connection.messages$.subscribe(({ payload, replayed }) =>
      read.push(`${(payload as { n: number }).n}${replayed ? ' replayed' : ''}`),
    );
    const gaps: Gap[] = [];
    h.connection.gaps$.subscribe((gap) => gaps.push(gap));
    return Object.assign(Object.create(h) as Harness, { asked, read, gaps });
  }

  test('[SY-1, MS-4] comes first and in order, then what came meanwhile, each once', async () => {
    let answer: (items: unknown) => void = () => {};
    const r = createReader(() => new Promise((resolve) => (answer = resolve)));
    await r.goLive();
    expect(r.asked).toEqual([]);
    r.dial.say('post', post(1));
    await back(r);
    expect(r.connection.getStatus()).toMatchObject({ phase: 'restoring' });
    r.dial.say('post', post(4));
    expect(r.read).toEqual(['1']);
    answer([item(2), item(3), item(4)]);
    await r.settle();
    expect(r.asked).toEqual([1]);
    expect(r.read).toEqual(['1', '2 replayed', '3 replayed', '4 replayed']);
    expect(r.connection.stats()).toMatchObject({ duplicatesDropped: 1, gaps: 0 });
    expect(r.connection.getStatus()).toMatchObject({ phase: 'live', degraded: [] });
  });

  test('[SY-1] is not asked for after a recovered session', async () => {
    const r = createReader(() => []);
    await r.goLive();
    await back(r, { recovered: true });
    expect(r.asked).toEqual([]);
    expect(r.connection.getStatus()).toMatchObject({ phase: 'live' });
  });

  test('[MS-3] a hole in a stream is asked about, and what does not come is told', async () => {
    const r = createReader(async () => []);
    await r.goLive();
    r.dial.say('post', post(1));
    r.dial.say('post', post(3));
    await r.settle();
    expect(r.asked).toEqual([1]);
    expect(r.read).toEqual(['1', '3']);
    expect(r.gaps).toMatchObject([{ reason: 'sequence', expected: 2, received: 3, reload: false }]);
  });

  test('[SY-1] that cannot be had leaves the connection live and degraded, until it is tried again by hand', async () => {
    let works = false;
    const r = createReader(async () => {
      if (!works) throw new Error('the history is away, token-1 too');
      return [item(2)];
    });
    await r.goLive();
    r.dial.say('post', post(1));
    await back(r);
    for (let turn = 0; turn < 8; turn += 1) await r.pass(500);
    const status = r.connection.getStatus() as Extract<Status, { state: 'connected' }>;
    expect(status).toMatchObject({ phase: 'live', degraded: [{ code: 'sync-failed' }] });
    expect(JSON.stringify(status)).not.toContain('token-1');
    expect(r.gaps.map(({ reason }) => reason)).toEqual(['failed']);
    expect(r.asked).toEqual([1, 1, 1]);

    works = true;
    r.connection.retry();
    await r.settle();
    expect(r.read).toEqual(['1', '2 replayed']);
    expect(r.connection.getStatus()).toMatchObject({ phase: 'live', degraded: [] });
  });

  test('[MS-4] is waited for from before the rooms are joined', async () => {
    const r = createReader(async () => [item(2)]);
    await r.goLive();
    r.dial.say('post', post(1));
    r.connection.join('lobby');
    const answers: (() => void)[] = [];
    r.answerWith(() => new Promise((resolve) => answers.push(() => resolve({}))));
    await back(r);
    r.dial.say('post', post(3));
    expect(r.read).toEqual(['1']);
    answers.at(-1)?.();
    await r.settle();
    expect(r.read).toEqual(['1', '2 replayed', '3']);
  });

  test('[SY-1] is asked for with the user, the rooms that are joined, and from where', async () => {
    const requests: unknown[] = [];
    const h = createHarness({
      sync: ({ signal: _, ...request }) => {
        requests.push(request);
        return [];
      },
    });
    h.answerWith(acknowledge);
    h.connection.join('lobby');
    await h.goLive('alice');
    await h.settle();
    h.clock.increment(5);
    h.dial.say('post', post(1));
    h.dial.lose();
    h.connection.leave('lobby');
    h.connection.join('garden');
    h.connection.retry();
    await h.grant();
    h.dial.open();
    await h.settle();
    expect(requests).toEqual([{ identity: 'alice', since: 5, rooms: ['garden'], cursors: {} }]);
    await back(h);
    expect(requests).toHaveLength(2);
  });

  test('[SY-1] is asked for with no room where none was ever wished for', async () => {
    const rooms: unknown[] = [];
    const h = createHarness({
      sync(request) {
        rooms.push(request.rooms);
        return [];
      },
    });
    await h.goLive();
    await back(h);
    expect(rooms).toEqual([[]]);
  });

  test('[MS-4] comes before what has no place in a stream, also while rooms are joined', async () => {
    const h = createHarness({ sync: async () => [{ event: 'post', payload: 'missed' }] });
    h.answerWith(acknowledge);
    const read: unknown[] = [];
    h.connection.messages$.subscribe(({ payload }) => read.push(payload));
    await h.goLive();
    h.connection.join('lobby');
    await h.settle();
    const answers: (() => void)[] = [];
    h.answerWith(() => new Promise((resolve) => answers.push(() => resolve({}))));
    await back(h);
    h.dial.say('post', 'new');
    expect(read).toEqual([]);
    answers.at(-1)?.();
    await h.settle();
    expect(read).toEqual(['missed', 'new']);
  });

  test('[MS-3] without a sync, each message is delivered once, and a hole is told without a pause', async () => {
    const h = createHarness({ identify });
    const [read, gaps]: [unknown[], Gap[]] = [[], []];
    h.connection.on('post').subscribe((payload) => read.push((payload as { n: number }).n));
    h.connection.gaps$.subscribe((gap) => gaps.push(gap));
    await h.goLive();
    const before = h.statuses.length;
    for (const n of [1, 1, 3, 3]) h.dial.say('post', post(n));
    await h.settle();
    expect(read).toEqual([1, 3]);
    expect(gaps).toMatchObject([{ reason: 'sequence', expected: 2, received: 3 }]);
    expect(h.statuses).toHaveLength(before);
    await back(h);
    expect(h.statuses.map((status) => 'phase' in status && status.phase)).not.toContain('restoring');
  });

  test('[SY-1] is asked for from the same place after a disconnect', async () => {
    const r = createReader(async () => []);
    await r.goLive();
    r.dial.say('post', post(1));
    r.connection.disconnect();
    await r.goLive('alice');
    await r.settle();
    expect(r.asked).toEqual([1]);
  });

  test('[ID-1] is nothing of what another user had: neither ids nor cursors', async () => {
    const r = createReader(async () => []);
    await r.goLive('alice');
    r.dial.say('post', post(1));
    await r.goLive('bob');
    r.dial.say('post', post(1));
    await back(r);
    expect(r.read).toEqual(['1', '1']);
    await r.connection.signOut();
    await r.goLive('bob');
    r.dial.say('post', post(1));
    expect(r.read).toEqual(['1', '1', '1']);
    expect(r.asked).toEqual([1]);
  });

  test('[OB-2, MS-3] holds back what is sent while a hole is asked about', async () => {
    let answer: (items: unknown) => void = () => {};
    const r = createReader(() => new Promise((resolve) => (answer = resolve)));
    r.answerWith(acknowledge);
    await r.goLive();
    r.dial.say('post', post(1));
    r.dial.say('post', post(3));
    expect(r.connection.getStatus()).toMatchObject({ phase: 'restoring' });
    const delivery = r.connection.send('hello', {});
    expect(delivery.state).toBe('queued');
    answer([item(2)]);
    await r.settle();
    expect(r.read).toEqual(['1', '2 replayed', '3']);
    expect(delivery.state).toBe('acknowledged');
  });

  test('[ST-5] leaves a trace that plays again to the same statuses', async () => {
    const r = createReader(async () => {
      throw new Error('no');
    });
    await r.goLive();
    r.connection.join('lobby');
    await back(r);
    for (let turn = 0; turn < 8; turn += 1) await r.pass(500);
    const seen = r.statuses.map(({ state, ...rest }) => `${state} ${'phase' in rest ? rest.phase : ''}`);
    const again = replay(JSON.parse(JSON.stringify(r.connection.trace())));
    expect(again.map(({ state, ...rest }) => `${state} ${'phase' in rest ? rest.phase : ''}`)).toEqual(seen);
  });
});
