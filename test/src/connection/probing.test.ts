import { describe, expect, test } from 'vitest';
import {
  type ConnectionOptions,
  type Dialect,
  isHoldfastError,
  plain,
  type Signal,
  type Status,
} from '../../../src/index.ts';
import { createHarness, type Harness } from '../../support/harness.ts';
import { createWorld } from '../../support/world.ts';

/** A proven link, the statuses from there on, and signals in the hands of the test. */
async function live(options: Partial<ConnectionOptions> = {}) {
  const world = createWorld();
  const h = createHarness({ signals: world.signals, ...options });
  await h.goLive();
  await h.pass(5_000);
  const statuses: Status[] = [];
  h.connection.status$.subscribe((status) => statuses.push(status));
  statuses.length = 0;
  return { h, statuses, signal: world.say };
}

/** No sign of life: the verdict follows the end of the time by a last moment to hear one. */
async function passSilently(h: Harness, ms = 5_000): Promise<void> {
  await h.pass(ms);
  await h.pass(100);
}

describe('a link that a signal throws doubt on', () => {
  test.each<Signal>(['online', 'offline', 'visible', 'resumed'])(
    '[EN-2] `%s`: the status shows nothing of the question, nor of its answer',
    async (word) => {
      const { h, statuses, signal } = await live();
      signal(word);
      expect(h.probes).toHaveLength(1);
      await h.pass(60_000);
      expect([statuses, h.dials.length]).toEqual([[], 1]);
    },
  );

  test('[EN-2] is lost when it stays silent: without a goodbye, so that the session can be recovered', async () => {
    const { h, statuses, signal } = await live();
    h.fallSilent();
    signal('resumed');
    await passSilently(h);
    expect(statuses).toMatchObject([
      { state: 'reconnecting', phase: 'waiting', attempt: 1, cause: { code: 'ping-timeout' } },
    ]);
    expect(h.dials[0]).toMatchObject({ isOver: true, isKept: true });
  });

  test('[EN-2] is kept by any message that comes in', async () => {
    const { h, statuses, signal } = await live();
    h.fallSilent();
    signal('visible');
    await h.pass(4_999);
    h.dial.say('news', 1);
    await h.pass(60_000);
    expect(statuses).toEqual([]);
  });

  test('[EN-2] has as long as `probe.timeout` says', async () => {
    const { h, statuses, signal } = await live({ probe: { timeout: 700 } });
    h.fallSilent();
    signal('visible');
    await h.pass(799);
    expect(statuses).toEqual([]);
    await h.pass(1);
    await h.pass(100);
    expect(statuses).toMatchObject([{ state: 'reconnecting', cause: { code: 'ping-timeout' } }]);
  });

  test('[EN-2] is judged by `classify` as any other loss', async () => {
    const seen: unknown[] = [];
    const { h, signal } = await live({
      classify(observed) {
        seen.push(observed);
        return { ...dead, message: observed.message };
      },
    });
    h.fallSilent();
    signal('visible');
    await passSilently(h);
    expect(seen).toEqual([
      { during: 'lost', reason: 'ping timeout', message: 'no sign of life within 5000 ms' },
    ]);
    expect(h.connection.getStatus().state).toBe('exhausted');
  });

  test('[EN-2, LC-4] asks nothing more once it is told to end', async () => {
    const { h, statuses, signal } = await live();
    h.fallSilent();
    signal('visible');
    h.connection.disconnect();
    h.probes[0]?.();
    await passSilently(h);
    expect(statuses).toMatchObject([{ state: 'idle', reason: 'disconnected' }]);
  });

  test.each([
    [{ timeout: -1 }, 'probe.timeout'],
    [{ timeout: Number.NaN }, 'probe.timeout'],
    [{ timeout: '5s' }, 'probe.timeout'],
    [{ time: 5 }, 'probe.time'],
    [5, 'probe'],
    [null, 'probe'],
  ])('[ER-1] the option `probe: %j` is refused by name', (probe, name) => {
    const thrown = catchOf(() => createHarness({ probe: probe as never }));
    expect(isHoldfastError(thrown)).toBe(true);
    expect(String(thrown)).toContain(`\`${name}\``);
  });
});

describe('a session that the server has lost', () => {
  async function inLobby(rooms: readonly string[] | null) {
    const dialect: Dialect = {
      ...plain(),
      async probe(call) {
        await call('alive?');
        return rooms;
      },
    };
    const { h, statuses, signal } = await live({ dialect });
    h.answerWith(async () => ({ ok: true }));
    h.connection.join('lobby');
    await h.pass(1);
    statuses.length = 0;
    return { h, statuses, signal };
  }

  test('[RM-3] is found by what the server says of its rooms, and replaced by a fresh one at once', async () => {
    const { h, statuses, signal } = await inLobby(['someone-else']);
    signal('visible');
    await h.pass(1);
    expect(statuses).toMatchObject([
      { state: 'reconnecting', phase: 'credential', attempt: 1, cause: { code: 'ghost-session' } },
    ]);
    expect(h.dials).toHaveLength(2);
    expect(h.dials[0]?.isKept).toBe(false);
  });

  test.each([[[]], [['own-id']], [null]])(
    '[RM-3, EN-2] is not suspected where no room was ever wished for, when it says %j',
    async (rooms) => {
      const { h, statuses, signal } = await live({ dialect: { ...plain(), probe: async () => rooms } });
      signal('visible');
      await h.pass(60_000);
      expect([statuses, h.problems, h.probes]).toEqual([[], [], []]);
    },
  );

  test.each([[['own-id', 'lobby']], [null]])('[RM-3] is not suspected when it says %j', async (rooms) => {
    const { h, statuses, signal } = await inLobby(rooms);
    signal('visible');
    await h.pass(60_000);
    expect([statuses, h.sent.at(-1)?.event]).toEqual([[], 'alive?']);
  });
});

describe('a page in the back/forward cache', () => {
  test('[EN-3] gives up its link so that the server can recover the session, and comes back by one attempt', async () => {
    const { h, statuses, signal } = await live();
    signal('suspended');
    signal('hidden');
    signal('frozen');
    expect(h.dials[0]).toMatchObject({ isOver: true, isKept: true });
    await h.pass(3_600_000);
    expect(h.dials).toHaveLength(1);
    signal('resumed');
    signal('visible');
    await h.grant();
    h.dial.open({ recovered: true });
    await h.pass(60_000);
    expect(h.dials).toHaveLength(2);
    expect(statuses).toMatchObject([
      { state: 'reconnecting', phase: 'waiting', retryAt: null, attempt: 1, cause: { code: 'suspended' } },
      { state: 'reconnecting', phase: 'credential' },
      { state: 'reconnecting', phase: 'handshake' },
      { state: 'connected', recovered: true },
    ]);
  });

  test('[EN-3, LC-8] is not trying meanwhile', async () => {
    const { h, signal } = await live({ reconnect: { giveUpAfter: 1_000 } });
    signal('suspended');
    await h.pass(86_400_000);
    signal('resumed');
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', phase: 'credential' });
  });
});

const dead = {
  kind: 'server',
  retry: 'never',
  forceRefresh: false,
  retryAfter: null,
  code: 'kicked',
  hint: 'Rest.',
} as const;

function catchOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown;
  }
}
