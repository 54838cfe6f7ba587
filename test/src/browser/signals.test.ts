import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { browserSignals, type SignalsHost } from '../../../src/browser/signals.ts';
import { createConnection, type Signal } from '../../../src/index.ts';
import { readOptions } from '../../../src/options.ts';
import { createVirtualClock } from '../../../src/testing/clock.ts';
import { createHandLink, createHarness } from '../../support/harness.ts';
import { CountingTarget, createPage, createWorkerHost, type FakePage } from '../../support/page.ts';

const day = 86_400_000;

function watch(page: FakePage = createPage()) {
  const clock = createVirtualClock(1_700_000_000_000);
  const heard: Signal[] = [];
  const signals = browserSignals(page.host, clock);
  const stop = signals.subscribe((signal) => heard.push(signal));
  return { ...page, clock, heard, signals, stop };
}

function watchHost(host: SignalsHost) {
  const clock = createVirtualClock();
  const heard: Signal[] = [];
  const stop = browserSignals(host, clock).subscribe((signal) => heard.push(signal));
  return { clock, heard, stop };
}

/** What a listener believes in the end: the last word of each kind. */
function outcomeOf(heard: readonly Signal[]) {
  const lastOf = (...kind: Signal[]) => heard.filter((signal) => kind.includes(signal)).at(-1);
  return {
    network: lastOf('online', 'offline') ?? 'online',
    sight: lastOf('visible', 'hidden') ?? 'visible',
    life: lastOf('frozen', 'suspended', 'resumed') ?? 'resumed',
  };
}

describe('signals of a page', () => {
  test('[EN-1] tell of the network', () => {
    const w = watch();
    w.network(false);
    w.network(true);
    expect(w.heard).toEqual(['offline', 'online']);
  });

  test('[EN-1] tell online again when the browser does: another network may be behind it', () => {
    const w = watch();
    w.network(true);
    w.network(true);
    expect(w.heard).toEqual(['online', 'online']);
  });

  test('[EN-1] tell whether the page is seen', () => {
    const w = watch();
    w.hide();
    w.show();
    expect(w.heard).toEqual(['hidden', 'visible']);
  });

  test('[EN-1] tell of a tab that the browser stops and lets go on, hidden all the while', () => {
    const w = watch();
    w.hide();
    w.freeze();
    w.resume();
    expect(w.heard).toEqual(['hidden', 'frozen', 'resumed']);
    w.show();
    expect(w.heard.at(-1)).toBe('visible');
  });

  test('[EN-1] say nothing at first of a page that is seen, and that it is hidden of one that is', () => {
    expect(watch().heard).toEqual([]);
    const page = createPage();
    page.document.visibilityState = 'hidden';
    const w = watch(page);
    expect(w.heard).toEqual(['hidden']);
    w.show();
    expect(w.heard).toEqual(['hidden', 'visible']);
  });

  test('[EN-1] take a page that is rendered beforehand for hidden until it is shown', () => {
    const page = createPage();
    page.document.visibilityState = 'hidden';
    const w = watch(page);
    w.document.fire('visibilitychange');
    expect(w.heard).toEqual(['hidden']);
  });

  test('[EN-1] know at the start whether there is a network', () => {
    const page = createPage();
    const signals = browserSignals(page.host);
    expect(signals.isOnline?.()).toBe(true);
    page.host.navigator.onLine = false;
    expect(signals.isOnline?.()).toBe(false);
  });

  test.each(['resume', 'pageshow', 'show'] as const)(
    '[EN-1, RE-5] tell of a network that came back while the page was stopped, before what ends it: %s',
    (back) => {
      const w = watch();
      w.hide();
      w.network(false);
      w.host.navigator.onLine = true;
      w.heard.length = 0;
      w[back](true);
      expect(w.heard).toEqual(['online', back === 'show' ? 'visible' : 'resumed']);
    },
  );

  test('[EN-1, RE-5] tell once of a network that went while the page was stopped', () => {
    const w = watch();
    w.hide();
    w.freeze();
    w.host.navigator.onLine = false;
    w.resume();
    w.show();
    expect(w.heard).toEqual(['hidden', 'frozen', 'offline', 'resumed', 'visible']);
  });
});

describe('the back/forward cache', () => {
  test('[EN-3] suspends on the way in, and resumes on the way back', () => {
    const w = watch();
    w.pagehide(true);
    w.pageshow(true);
    expect(w.heard).toEqual(['suspended', 'resumed']);
  });

  test('[EN-3] is not where a page goes that is left for good, or comes from at its first load', () => {
    const w = watch();
    w.pageshow(false);
    w.pagehide(false);
    expect(w.heard).toEqual([]);
  });

  type Step = (page: FakePage) => void;
  const hide: Step = (page) => page.hide();
  const show: Step = (page) => page.show();
  const freeze: Step = (page) => page.freeze();
  const resume: Step = (page) => page.resume();
  const pagehide: Step = (page) => page.pagehide(true);
  const pageshow: Step = (page) => page.pageshow(true);

  test('[EN-3] in the order of Chromium is told step by step', () => {
    const w = watch();
    for (const step of [pagehide, hide, freeze]) step(w);
    expect(w.heard).toEqual(['suspended', 'hidden', 'frozen']);
    w.heard.length = 0;
    for (const step of [resume, pageshow, show]) step(w);
    expect(w.heard).toEqual(['resumed', 'resumed', 'visible']);
  });

  const waysIn = [...ordersOf([pagehide, hide, freeze]), ...ordersOf([pagehide, hide]), [pagehide]];
  const waysBack = [...ordersOf([resume, pageshow, show]), ...ordersOf([pageshow, show]), [pageshow]];

  test('[EN-3] in whatever order leaves an open page behind, and one timer', () => {
    for (const wayIn of waysIn) {
      for (const wayBack of waysBack) {
        const w = watch();
        for (const step of wayIn) step(w);
        expect(w.heard).toContain('suspended');
        expect(w.clock.pending).toBe(0);
        // Some browsers change the visibility before any event, and some have no event for it.
        if (!wayBack.includes(show)) w.document.visibilityState = 'visible';
        for (const step of wayBack) step(w);
        expect(outcomeOf(w.heard)).toEqual({ network: 'online', sight: 'visible', life: 'resumed' });
        expect(w.clock.pending).toBe(1);
      }
    }
  });

  test('[EN-3] can be left into a tab that nobody sees', async () => {
    const w = watch();
    for (const step of [pagehide, hide, freeze, resume, pageshow]) step(w);
    expect(w.heard).toEqual(['suspended', 'hidden', 'frozen', 'resumed', 'resumed']);
    expect(w.clock.pending).toBe(0);
  });

  test('[EN-3] is no sleep: coming back after days is told by its event alone', async () => {
    const w = watch();
    w.pagehide(true);
    await w.clock.sleep(3 * day);
    w.pageshow(true);
    await w.clock.advance(10_000);
    expect(w.heard).toEqual(['suspended', 'resumed']);
  });
});

describe('a sleep without an event', () => {
  test.each([6_001, 60_000, 3 * day])('[EN-1, RE-6] of %i ms is told as one `resumed`', async (ms) => {
    const w = watch();
    await w.clock.advance(10_000);
    await w.clock.sleep(ms);
    await w.clock.advance(60_000);
    expect(w.heard).toEqual(['resumed']);
  });

  test('[EN-1] is told again after the next one', async () => {
    const w = watch();
    for (let nights = 0; nights < 3; nights += 1) {
      await w.clock.sleep(day);
      await w.clock.advance(10_000);
    }
    expect(w.heard).toEqual(['resumed', 'resumed', 'resumed']);
  });

  test('[EN-1] is not suspected while time passes as it should, or a thread is 5 s late', async () => {
    const w = watch();
    await w.clock.advance(3_600_000);
    await w.clock.sleep(6_000);
    await w.clock.advance(10_000);
    expect(w.heard).toEqual([]);
  });

  test('[EN-1] is suspected when the clock is set forward', async () => {
    const w = watch();
    w.clock.adjust(day);
    await w.clock.advance(10_000);
    expect(w.heard).toEqual(['resumed']);
  });

  test('[EN-1] is not suspected when the clock is set back, and is noticed after it', async () => {
    const w = watch();
    w.clock.adjust(-day);
    await w.clock.advance(10_000);
    expect(w.heard).toEqual([]);
    await w.clock.sleep(60_000);
    expect(w.heard).toEqual(['resumed']);
  });

  test('[EN-1] is not looked for while nobody sees the page: its timers are late by themselves', async () => {
    const w = watch();
    w.hide();
    expect(w.clock.pending).toBe(0);
    await w.clock.sleep(day);
    w.show();
    await w.clock.advance(10_000);
    expect(w.heard).toEqual(['hidden', 'visible']);
    await w.clock.sleep(60_000);
    expect(w.heard).toEqual(['hidden', 'visible', 'resumed']);
  });

  test('[EN-1] is not looked for in a page that is hidden at the start', async () => {
    const page = createPage();
    page.document.visibilityState = 'hidden';
    const w = watch(page);
    expect(w.clock.pending).toBe(0);
    w.show();
    expect(w.clock.pending).toBe(1);
  });

  test('[EN-1] tells of the network first, where its event did not come', async () => {
    const w = watch();
    w.host.navigator.onLine = false;
    await w.clock.sleep(day);
    expect(w.heard).toEqual(['offline', 'resumed']);
  });

  test('[EN-1] takes one timer, whatever happens', async () => {
    const w = watch();
    w.show();
    for (const event of ['resume', 'pageshow'] as const) w[event](true);
    await w.clock.advance(5_500);
    w.hide();
    w.show();
    w.show();
    expect(w.clock.pending).toBe(1);
  });

  test('[EN-1] is looked for by a timer that keeps no process alive', () => {
    const clock = createVirtualClock();
    const unref = vi.fn();
    const setTimeout = () => ({ unref });
    browserSignals(createPage().host, { ...clock, setTimeout }).subscribe(() => {});
    expect(unref).toHaveBeenCalledOnce();
  });

  test('[EN-1] goes on being looked for when the listener throws', async () => {
    const page = createPage();
    const clock = createVirtualClock();
    const timers: (() => void)[] = [];
    const port = browserSignals(page.host, { ...clock, setTimeout: (callback) => timers.push(callback) });
    port.subscribe(() => {
      throw new Error('listener');
    });
    clock.adjust(day);
    expect(timers.pop()).toThrow('listener');
    expect(timers).toHaveLength(1);
  });
});

describe('signals that nobody listens to any more', () => {
  test('[EN-1, LC-10] leave no listener and no timer', async () => {
    const w = watch();
    expect(w.listening()).toEqual([
      ...['offline', 'online', 'pagehide', 'pageshow'],
      ...['freeze', 'resume', 'visibilitychange'],
    ]);
    w.stop();
    expect(w.listening()).toEqual([]);
    expect(w.clock.pending).toBe(0);
    w.stop();
    await w.clock.sleep(day);
    expect(w.heard).toEqual([]);
  });

  test('[EN-1, LC-10] say nothing more when they are left in the middle of one', () => {
    const page = createPage();
    const clock = createVirtualClock();
    const heard: Signal[] = [];
    const stop = browserSignals(page.host, clock).subscribe((signal) => {
      heard.push(signal);
      if (signal === 'online') stop();
    });
    page.network(false);
    page.hide();
    page.freeze();
    page.host.navigator.onLine = true;
    page.resume();
    expect(heard).toEqual(['offline', 'hidden', 'frozen', 'online']);
    expect(clock.pending).toBe(0);
  });

  test('[EN-1] are each listened to apart', () => {
    const page = createPage();
    const signals = browserSignals(page.host, createVirtualClock());
    const heard: string[] = [];
    const stop = signals.subscribe((signal) => heard.push(`a ${signal}`));
    signals.subscribe((signal) => heard.push(`b ${signal}`));
    page.hide();
    stop();
    page.show();
    expect(heard).toEqual(['a hidden', 'b hidden', 'b visible']);
  });

  test('[EN-1] are not listened to when the first word meets a listener that throws', () => {
    const page = createPage();
    page.document.visibilityState = 'hidden';
    const subscribe = () =>
      browserSignals(page.host).subscribe(() => {
        throw new Error('listener');
      });
    expect(subscribe).toThrow('listener');
    expect(page.listening()).toEqual([]);
  });
});

describe('signals where there is less than a page', () => {
  test('[EN-1] of a worker tell of the network and of a sleep', async () => {
    const host = createWorkerHost();
    const { clock, heard, stop } = watchHost(host);
    host.fire('offline');
    host.fire('online');
    await clock.sleep(day);
    expect(heard).toEqual(['offline', 'online', 'resumed']);
    stop();
    expect(host.listening).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('[EN-1] of a server are none, and cost nothing', () => {
    const { clock, heard, stop } = watchHost({});
    expect(clock.pending).toBe(0);
    expect(stop).not.toThrow();
    expect(heard).toEqual([]);
    expect(browserSignals({}).isOnline?.()).toBe(true);
  });

  test('[EN-1, LC-14] of this process, which is no browser, are none', () => {
    const signals = browserSignals();
    expect(signals.isOnline?.()).toBe(true);
    expect(signals.subscribe(() => {})).not.toThrow();
  });

  test('[EN-1] that has events, but is neither page nor worker, gets no timer', () => {
    const host = new CountingTarget() as CountingTarget & SignalsHost;
    const { clock, heard } = watchHost(host);
    host.fire('offline');
    expect(heard).toEqual(['offline']);
    expect(clock.pending).toBe(0);
  });

  test('[EN-1, LC-13] that throws whatever is asked of it is survived', async () => {
    const boom = () => {
      throw new Error('denied');
    };
    const denied: PropertyDescriptor = { get: boom, configurable: true };
    const page = createPage();
    Object.defineProperty(page.host, 'navigator', denied);
    Object.defineProperty(page.document, 'visibilityState', denied);
    const w = watch(page);
    expect(w.signals.isOnline?.()).toBe(true);
    w.hide = () => w.document.fire('visibilitychange');
    w.hide();
    w.freeze();
    w.resume();
    await w.clock.sleep(day);
    expect(w.heard).toEqual(['frozen', 'resumed', 'resumed']);
    w.stop();
    expect(w.clock.pending).toBe(0);

    const windowOnly = createPage();
    Object.defineProperty(windowOnly.host, 'document', denied);
    const { heard } = watchHost(windowOnly.host);
    windowOnly.network(false);
    expect(heard).toEqual(['offline']);

    const refusing = { addEventListener: boom, removeEventListener: boom, document: {} };
    const { stop } = watchHost(refusing);
    expect(stop).not.toThrow();

    const sealed = Object.defineProperty({}, 'addEventListener', denied);
    expect(watchHost(sealed).stop).not.toThrow();
  });
});

describe('the default of `signals`', () => {
  const given = () => ({ link: createHandLink().link, credential: false as const });

  test('[EN-1] is none in Node', () => {
    expect(readOptions(given()).signals).toBeNull();
  });

  test('[EN-1] is what the browser tells, on the clock of the connection, until it is disposed of', async () => {
    const page = createPage();
    for (const name of ['addEventListener', 'removeEventListener'] as const) {
      vi.stubGlobal(name, page.host[name].bind(page.host));
    }
    vi.stubGlobal('document', page.document);
    vi.stubGlobal('navigator', page.host.navigator);
    onTestFinished(() => void vi.unstubAllGlobals());
    const clock = createVirtualClock();
    page.host.navigator.onLine = false;
    const { link, dial } = dialling();
    const connection = createConnection({ link, credential: false, clock });
    connection.connect('alice');
    dial().fail();
    expect(connection.getStatus()).toMatchObject({ state: 'reconnecting', phase: 'offline' });
    page.network(true);
    expect(connection.getStatus()).toMatchObject({ phase: 'waiting' });
    expect(page.listening()).toHaveLength(7);
    await connection.dispose();
    expect(page.listening()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('[EN-1] gives way to a port of your own', () => {
    const page = createPage();
    vi.stubGlobal('addEventListener', page.host.addEventListener.bind(page.host));
    onTestFinished(() => void vi.unstubAllGlobals());
    const silent = { subscribe: () => () => {} };
    expect(readOptions({ ...given(), signals: silent }).signals).toBe(silent);
    createConnection({ ...given(), signals: silent });
    expect(page.listening()).toEqual([]);
  });

  test('[EN-1, LC-3] wakes no connection that rests', async () => {
    const page = createPage();
    const h = createHarness({ signals: browserSignals(page.host, createVirtualClock()) });
    page.network(false);
    page.network(true);
    page.hide();
    page.freeze();
    page.resume();
    page.show();
    await h.pass(60_000);
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'initial' });
    expect(h.dials).toEqual([]);
  });
});

function dialling() {
  const hands = createHandLink();
  return { link: hands.link, dial: () => hands.dial };
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, index) =>
    ordersOf(items.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
