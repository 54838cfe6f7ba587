import type { Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import type { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import {
  expectNoErrors,
  failedConnection,
  gap,
  lateQuestion,
  moments,
  onlySocket,
  payloads,
  reaches,
  story,
  type Witness,
  witness,
} from '../support/browser/witness.ts';

const stage = useChromium();

interface Scene extends Witness {
  readonly site: Site;
  readonly proxy: FaultProxy;
  readonly tab: Tab;
  /** The server's socket for the connection, which is live. */
  readonly socket: Socket;
  /** Sends a message to everyone, and remembers it for who asks for what was missed. */
  note(payload: number): void;
}

/** A live connection through the proxy, which has had one message: without any, no session is recovered. */
async function scene({ probeTimeout = 500, recovery = true, on = stage } = {}): Promise<Scene> {
  const site = await startSite(recovery ? { connectionStateRecovery: {} } : {});
  const seen = witness(site);
  const notes: number[] = [];
  const note = (payload: number) => {
    notes.push(payload);
    site.io.emit('note', payload);
  };
  site.io.of('/history').on('connection', (socket) => {
    socket.on('after', (last, answer) => answer(notes.slice(last + 1)));
  });
  const proxy = await site.proxy();
  const tab = await on.tab(site.url);
  await tab.evaluate(
    (url, timeout) => {
      const main = window.holdfast.live('main', {
        url,
        probe: { timeout },
        sync: async () => {
          const history = window.holdfast.io('/history', { forceNew: true, transports: ['websocket'] });
          const notes: number[] = await history.emitWithAck('after', main.messages.at(-1)?.payload);
          history.disconnect();
          return notes.map((payload) => ({ event: 'note', payload }));
        },
      });
      main.connection.connect();
    },
    proxy.url,
    probeTimeout,
  );
  await reaches(tab, 'connected.live');
  const socket = await onlySocket(site);
  note(0);
  await tab.until(() => window.holdfast.lives['main']?.messages.length === 1);
  return { site, proxy, tab, socket, note, ...seen };
}

/** The answer comes behind that to a probe which is under way. */
async function say(tab: Tab, what: string): Promise<void> {
  await tab.evaluate((text) => window.holdfast.lives['main']?.connection.request('say', text), what);
}

/** Ms from the last `signal` to the first sign of an outage. */
async function noticed(tab: Tab, signal: string): Promise<number> {
  return tab.until((name) => {
    const later = window.moments.slice(window.moments.findLastIndex(({ what }) => what === name));
    const outage = later.find(({ what }) => what.startsWith('main reconnecting'));
    return outage && later[0] && outage.at - later[0].at;
  }, signal) as Promise<number>;
}

const ways = [
  ['hidden and shown', 'visible', (tab: Tab) => tab.hide(), (tab: Tab) => tab.show()],
  ['frozen and shown', 'resume', (tab: Tab) => tab.freeze(), (tab: Tab) => tab.show()],
] as const;

describe('a link that died without a word', () => {
  test.each(ways)(
    '[EN-2, EN-3] %s: noticed within the time of the probe, recovered, and what was missed comes once',
    async (_, signal, put, back) => {
      const { site, proxy, tab, seen, note } = await scene();
      proxy.blackhole();
      await put(tab);
      note(1);
      await back(tab);
      expect(await noticed(tab, signal)).toBeLessThan(1_500);
      // The server finds it out as well, before it hears of the next attempt.
      proxy.reset();
      await site.settled(0);
      note(2);
      await proxy.heal();
      await reaches(tab, 'connected.live');
      note(3);
      await tab.until(() => window.holdfast.lives['main']?.messages.some(({ payload }) => payload === 3));
      expect(await payloads(tab)).toEqual([0, 1, 2, 3]);
      expect(seen.filter((what) => what === 'recovered')).toHaveLength(1);
      await onlySocket(site);
      expectNoErrors(tab, failedConnection);
    },
  );

  test('[EN-2, SY-1] where the server recovers nothing, what was missed is asked for', async () => {
    const { proxy, tab, seen, note } = await scene({ recovery: false });
    proxy.blackhole();
    await tab.hide();
    note(1);
    await tab.show();
    await reaches(tab, 'reconnecting.handshake');
    note(2);
    await proxy.heal();
    await reaches(tab, 'connected.live');
    note(3);
    await tab.until(() => window.holdfast.lives['main']?.messages.some(({ payload }) => payload === 3));
    expect(await payloads(tab)).toEqual([0, 1, 2, 3]);
    expect(seen.filter((what) => what === 'connected')).toHaveLength(2);
    expectNoErrors(tab, failedConnection);
  });

  test('[EN-2] by default it is noticed within 5 s', async () => {
    const { proxy, tab } = await scene({ probeTimeout: 5_000 });
    await tab.hide();
    proxy.blackhole();
    await tab.show();
    const took = await noticed(tab, 'visible');
    expect(took).toBeGreaterThanOrEqual(5_000);
    expect(took).toBeLessThan(6_000);
    console.info(`a dead link is noticed ${Math.round(took)} ms after the tab is shown`);
    await proxy.heal();
    await reaches(tab, 'connected.live');
    expectNoErrors(tab, failedConnection);
  });
});

describe('a link that lives', () => {
  test.each(ways)(
    '[EN-2] %s, again and again: nothing is shown of it, and it stays the same link',
    async (_, _signal, put, back) => {
      const { site, tab, socket, seen } = await scene();
      const before = await story(tab);
      for (let n = 1; n <= 3; n += 1) {
        await put(tab);
        await back(tab);
        await say(tab, `back ${n}`);
      }
      expect(await story(tab)).toEqual(before);
      expect(await onlySocket(site)).toBe(socket);
      expect([seen, site.handshakes]).toEqual([['connected'], 1]);
      expectNoErrors(tab);
    },
  );

  test('[EN-2] frozen for longer than a probe, in the middle of one, with messages meanwhile: no false death, each once and in order', async () => {
    const { site, proxy, tab, socket, seen, note } = await scene();
    const before = await story(tab);
    // The answer to this probe is held until the page is stopped.
    proxy.dropServerToClient();
    await tab.hide();
    await tab.show();
    await tab.freeze();
    await proxy.heal();
    for (let n = 1; n <= 20; n += 1) note(n);
    // The time is the subject: that of the probe has passed long before the page goes on.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await tab.resume();
    await tab.until(() => window.holdfast.lives['main']?.messages.length === 21);
    await say(tab, 'back');
    expect(await payloads(tab)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    expect(await story(tab)).toEqual(before);
    expect(await onlySocket(site)).toBe(socket);
    expect([seen, site.handshakes]).toEqual([['connected'], 1]);
    expectNoErrors(tab);
  });
});

describe('a page that is frozen while its link ends', () => {
  test.each([
    ['the server closes its end', ({ socket }: Scene) => socket.conn.close()],
    ['the line is cut', ({ proxy }: Scene) => proxy.cut()],
    ['the connection is reset', ({ proxy }: Scene) => proxy.reset()],
  ])(
    '[EN-2, RE-6] %s: seen when it is resumed, and the session is recovered with what was missed',
    async (_, end) => {
      const all = await scene();
      const { site, tab, seen, note } = all;
      await tab.freeze();
      end(all);
      await site.settled(0);
      note(1);
      await tab.resume();
      await reaches(tab, 'connected.live');
      note(2);
      await tab.until(() => window.holdfast.lives['main']?.messages.some(({ payload }) => payload === 2));
      expect(await payloads(tab)).toEqual([0, 1, 2]);
      expect(seen.at(-1)).toBe('recovered');
      await onlySocket(site);
      expectNoErrors(tab, failedConnection, lateQuestion);
    },
  );

  test('[EN-2] it vanishes without a word: seen within the time of the probe', async () => {
    const { site, proxy, tab } = await scene();
    await tab.freeze();
    proxy.blackhole();
    await tab.resume();
    // It is hidden yet, and its timers come once a second: that of the probe, and that of the verdict.
    expect(await noticed(tab, 'resume')).toBeLessThan(3_000);
    await proxy.heal();
    await reaches(tab, 'connected.live');
    await onlySocket(site);
    expectNoErrors(tab, failedConnection, lateQuestion);
  });
});

/** Without a server, with fixed waits, after a live connection. */
async function outage(wait: number, giveUpAfter?: number, on = stage): Promise<{ site: Site; tab: Tab }> {
  const site = await startSite();
  const tab = await on.tab(site.url);
  await tab.evaluate(
    (ms, most) => {
      const reconnect = { backoff: () => ms, ...(most !== null && { giveUpAfter: most }) };
      window.holdfast.live('main', { reconnect }).connection.connect();
    },
    wait,
    giveUpAfter ?? null,
  );
  await reaches(tab, 'connected.live');
  return { site, tab };
}

const isOverdue = () => {
  const status = window.holdfast.lives['main']?.connection.getStatus();
  return status?.state === 'reconnecting' && status.retryAt !== null && Date.now() > status.retryAt + 200;
};

describe('a hidden tab', () => {
  test('[LC-8] its time does not count as trying, and to be shown starts afresh what was given up', async () => {
    const { site, tab } = await outage(50, 600);
    await tab.hide();
    site.away();
    await tab.until(() => window.moments.at(-1)?.what.startsWith('main reconnecting'));
    // The time is the subject: three times as much as may be spent.
    await new Promise((resolve) => setTimeout(resolve, 1_800));
    expect(await story(tab)).not.toContain('exhausted');
    await tab.show();
    await reaches(tab, 'exhausted');
    expect(await gap(tab, 'visible', 'main exhausted')).toBeGreaterThanOrEqual(500);
    site.returns();
    await tab.hide();
    expect((await story(tab)).at(-1)).toBe('exhausted');
    await tab.show();
    await reaches(tab, 'connected.live');
    await onlySocket(site);
    expectNoErrors(tab, failedConnection);
  });

  test('[RE-6] its timers come once a second, and the one under way is waited for', async () => {
    const { site, tab } = await outage(100);
    await tab.hide();
    site.away();
    await tab.until(() => window.moments.filter(({ what }) => what === 'dial').length === 4);
    const dials = (await moments(tab, 'hidden')).filter(({ what }) => what === 'dial');
    const waits = dials.slice(1).map(({ at }, n) => Math.round(at - (dials[n]?.at ?? 0)));
    console.info(`with waits of 100 ms, a hidden tab tries every ${waits.join(', ')} ms`);
    site.returns();
    await reaches(tab, 'connected.live');
    expectNoErrors(tab, failedConnection);
  });

  test('[RE-6] a wait that is overdue when it is shown becomes one attempt, at once', async () => {
    const { site, tab } = await outage(1_500);
    site.away();
    await reaches(tab, 'reconnecting.waiting');
    await tab.freeze();
    await tab.until(isOverdue);
    expect((await moments(tab, 'freeze')).map(({ what }) => what)).toEqual(['freeze']);
    site.returns();
    await tab.show();
    await reaches(tab, 'connected.live');
    expect((await moments(tab, 'resume')).filter(({ what }) => what === 'dial')).toHaveLength(1);
    const took = await gap(tab, 'resume', 'dial');
    expect(took).toBeLessThan(250);
    console.info(`an overdue attempt follows ${Math.round(took)} ms after the page goes on`);
    await onlySocket(site);
    expectNoErrors(tab, failedConnection);
  });
});

describe('a browser that ends the WebSockets of a page that was frozen', () => {
  const modern = useChromium({ cachesOpenSockets: true });

  test.each([
    ['resumed, hidden yet', (tab: Tab) => tab.resume()],
    ['shown', (tab: Tab) => tab.show()],
  ])(
    '[EN-2, RE-6] %s: the loss is seen at once, and the attempt after it is no victim of the same',
    async (_, back) => {
      const { site, tab } = await scene({ on: modern });
      await tab.freeze();
      await back(tab);
      await tab.until(() => window.moments.filter(({ what }) => what === 'main connected.live').length === 2);
      expect((await moments(tab, 'resume')).filter(({ what }) => what === 'dial')).toHaveLength(1);
      await onlySocket(site);
      expectNoErrors(tab, failedConnection, lateQuestion);
    },
  );

  test('[RE-6] an overdue wait becomes one attempt, which gets through', async () => {
    const { site, tab } = await outage(1_500, undefined, modern);
    site.away();
    await reaches(tab, 'reconnecting.waiting');
    await tab.freeze();
    await tab.until(isOverdue);
    site.returns();
    await tab.show();
    await reaches(tab, 'connected.live');
    expect((await moments(tab, 'resume')).filter(({ what }) => what === 'dial')).toHaveLength(1);
    expectNoErrors(tab, failedConnection, lateQuestion);
  });
});
