import { type Clock, systemClock } from '../clock.ts';
import type { Signal, Signals } from '../signals.ts';

/** What is looked at of a page or a worker. `globalThis` is one. */
export interface SignalsHost extends EventSource {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: EventSource & { readonly visibilityState?: string };
  readonly WorkerGlobalScope?: unknown;
}

interface EventSource {
  /** As of `EventTarget`. */
  addEventListener?(type: string, listener: (event: PageEvent) => void): void;
  /** As of `EventTarget`. */
  removeEventListener?(type: string, listener: (event: PageEvent) => void): void;
}

interface PageEvent {
  readonly type: string;
  /** Of `pagehide` and `pageshow`: the page goes into the back/forward cache, or comes out of it. */
  readonly persisted?: boolean;
}

/** How often the clock is looked at, and how late that may be before it means that the device slept. In ms. */
const sleepCheck = { every: 1_000, tolerance: 5_000 };

/**
 * What a browser tells about network and page, as signals (EN-1, EN-3): `online` and `offline`; `visible` and `hidden`;
 * `frozen` when the browser stops a tab and `suspended` when it keeps the page for the way back, each ended by
 * `resumed`. A sleep of the device has no event of its own: while the page is visible the clock is looked at every
 * second, and a leap of more than 5 s tells `resumed`. A page that is hidden already is told when the port is subscribed.
 *
 * `createConnection` uses it by itself wherever events of a window or worker can be listened to; a port of your own in
 * `signals` replaces it, and `{ subscribe: () => () => {} }` is one that says nothing. Works in workers, which hear of
 * the network and notice a sleep. In Node, React Native and where pages are rendered it says nothing. Reads no global
 * before it is called, and never throws.
 *
 * @param host Where to listen, for tests. Default: `globalThis`.
 * @param clock Time, for tests. Default: the system's.
 * @example
 * const stop = browserSignals().subscribe((signal) => console.log(signal));
 */
export function browserSignals(host: SignalsHost = globalThis, clock: Clock = systemClock): Signals {
  return {
    isOnline: () => isUp(host),
    subscribe: (listener) => (hasEvents(host) ? follow(host, clock, listener) : () => {}),
  };
}

/** What a connection listens to that was given no port: `null` where there is nothing to hear, and nothing is made. */
export function signalsOfHere(clock: Clock): Signals | null {
  return hasEvents(globalThis) ? browserSignals(globalThis, clock) : null;
}

function follow(host: SignalsHost, clock: Clock, listener: (signal: Signal) => void): () => void {
  const page = quietly(() => host.document);
  // Elsewhere, in Deno say, a timer would keep the process alive for a sleep that nobody asks about.
  const isOfBrowser = page !== undefined || quietly(() => typeof host.WorkerGlobalScope) === 'function';
  const isSeen = () => quietly(() => page?.visibilityState) !== 'hidden';
  let isVisible = isSeen();
  let isOnline = isUp(host);
  const sleepWatch = createAlarm(clock);
  const waking = createAlarm(clock);
  let isOver = false;

  function tell(signal: Signal): void {
    if (!isOver) listener(signal);
  }

  /** Only while the page is visible: timers of a hidden one are late by themselves, and `visible` comes anyway. */
  function watchClock(): void {
    sleepWatch.stop();
    if (!isVisible || !isOfBrowser) return;
    const due = clock.now() + sleepCheck.every;
    sleepWatch.set(sleepCheck.every, () => {
      if (clock.now() - due > sleepCheck.tolerance) comeBack();
      else watchClock();
    });
  }

  /** A page that was stopped missed the events of that time: it would wait offline for ever in a network that is back. */
  function tellMissedNetwork(): void {
    if (isUp(host) !== isOnline) changeNetwork(!isOnline);
  }

  function changeNetwork(now: boolean): void {
    isOnline = now;
    tell(now ? 'online' : 'offline');
  }

  function changeVisibility(): void {
    const was = isVisible;
    isVisible = isSeen();
    if (isVisible === was) return;
    watchClock();
    if (isVisible) tellMissedNetwork();
    tell(isVisible ? 'visible' : 'hidden');
  }

  /**
   * Chromium ends every WebSocket of a page that was stopped when it goes on, and with them those that are made in
   * `resume` itself: whoever hears of it is to find a page that may connect.
   */
  function wake(): void {
    waking.set(0, comeBack);
  }

  /** Browsers differ in what comes first on the way back, and not each tells all of it. */
  function comeBack(): void {
    waking.stop();
    watchClock();
    tellMissedNetwork();
    tell('resumed');
    changeVisibility();
  }

  function goAway(signal: Signal): void {
    sleepWatch.stop();
    waking.stop();
    tell(signal);
  }

  // Before anything is listened to: if the listener throws, nothing is left.
  if (!isVisible) listener('hidden');
  const stops = [
    on(host, 'online', () => changeNetwork(true)),
    on(host, 'offline', () => changeNetwork(false)),
    // Without `persisted` the page is gone, and there is nobody to tell.
    on(host, 'pagehide', ({ persisted }) => persisted === true && goAway('suspended')),
    on(host, 'pageshow', ({ persisted }) => persisted === true && comeBack()),
    on(page, 'visibilitychange', changeVisibility),
    on(page, 'freeze', () => goAway('frozen')),
    on(page, 'resume', wake),
  ];
  watchClock();
  return () => {
    isOver = true;
    sleepWatch.stop();
    waking.stop();
    for (const stop of stops) stop();
  };
}

/** One timer, or none. */
function createAlarm(clock: Clock) {
  let timer: unknown = null;
  function stop(): void {
    if (timer !== null) clock.clearTimeout(timer as never);
    timer = null;
  }
  return {
    stop,
    set(ms: number, act: () => void): void {
      stop();
      timer = clock.setTimeout(act, ms);
      // Pages are simulated in Node too, and a test run has to end.
      (timer as { unref?(): unknown } | null)?.unref?.();
    },
  };
}

function isUp(host: SignalsHost): boolean {
  return quietly(() => host.navigator?.onLine) !== false;
}

function hasEvents(host: SignalsHost): boolean {
  return quietly(() => typeof host.addEventListener) === 'function';
}

function on(
  source: EventSource | undefined,
  type: string,
  listener: (event: PageEvent) => unknown,
): () => void {
  quietly(() => source?.addEventListener?.(type, listener));
  return () => quietly(() => source?.removeEventListener?.(type, listener));
}

/** A sandbox may answer the reading of a global with an exception. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
