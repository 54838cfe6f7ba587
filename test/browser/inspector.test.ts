import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { inspectTrace } from '../../src/cli/replay/inspect-trace.ts';
import { createConnection, socketIo } from '../../src/index.ts';
import type { LocalInspectorOptions } from '../../src/inspect/local-inspector.ts';
import { serveInspector } from '../../src/inspect/node/node-inspector.ts';
import { replay } from '../../src/testing/replay.ts';
import type { Trace } from '../../src/trace.ts';
import { buildInspectorPage } from '../../tools/inspector-page.ts';
import { findPanelParts, PanelView } from '../support/browser/panel.ts';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';

const stage = useChromium();

async function watchedTab(path = '') {
  const site = await startSite();
  const tab = await stage.tab(`${site.url}${path}`);
  await tab.evaluate(findPanelParts);
  return { site, tab, panel: new PanelView(tab) };
}

/** A connection that an inspector of the page watches, which fills the page. */
async function watched(path = '') {
  const stand = await watchedTab(path);
  await stand.tab.evaluate(() => {
    const into = document.body.appendChild(document.createElement('div'));
    into.style.height = '800px';
    const inspect = window.holdfast.localInspector({ into });
    window.holdfast.live('main', { inspect, reconnect: { first: 4_000, base: 4_000, backoff: () => 4_000 } });
  });
  return stand;
}

async function connect(tab: Tab): Promise<void> {
  await tab.evaluate(() => window.holdfast.lives['main']?.connection.connect('alice'));
}

/** The server cuts every link, and the connection waits for its next attempt. */
async function cut({ site, tab, panel }: { site: Site; tab: Tab; panel: PanelView }): Promise<void> {
  await connect(tab);
  await panel.untilLit('connected.session.live');
  site.io.disconnectSockets(true);
  await panel.untilLit('reconnecting.waiting');
}

describe('the local inspector in a page', () => {
  test('[IN-2] lights where the connection is, and the edge that led there', async () => {
    const { site, tab, panel } = await watched();
    await panel.untilLit('idle');
    expect(await panel.lit()).toEqual(['idle']);
    await connect(tab);
    await panel.untilLit('connected.session.live');
    expect((await panel.lit()).sort()).toEqual([
      'connected',
      'connected.health',
      'connected.health.healthy',
      'connected.renewal',
      'connected.renewal.unneeded',
      'connected.session',
      'connected.session.live',
      'connected.stability',
      'connected.stability.unproven',
    ]);
    expect(await panel.lastEdges()).toContain('authenticating > connected');
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.disconnect());
    await panel.untilLit('idle');
    expect((await panel.lastEdges()).sort()).toEqual(['* > idle', 'connected > idle']);
    await site.settled(0);
    expect([tab.errors, tab.console]).toEqual([[], []]);
  });

  test('[IN-2] says why, what to do, and counts down to the next attempt', async () => {
    const stand = await watched();
    await cut(stand);
    expect(await stand.panel.text('.state-name')).toBe('reconnecting · waiting');
    expect(await stand.panel.text('.cause')).toMatch(/disconnect.+\./i);
    const seconds = async () =>
      Number(/next attempt in (\d\.\d) s/.exec(await stand.panel.text('.countdown'))?.[1]);
    const first = await seconds();
    expect(first).toBeLessThanOrEqual(4);
    await stand.tab.until(
      (before) =>
        Number(/(\d\.\d) s/.exec(window.panelParts('.countdown')[0]?.textContent ?? '')?.[1]) < before,
      first,
    );
    await stand.panel.untilLit('connected.session.live');
    expect(await stand.panel.text('.countdown')).toBe('');
  });

  test('[IN-2] logs every event with its time, and shows of one all there is', async () => {
    const stand = await watched();
    const { tab, panel } = stand;
    await cut(stand);
    expect(await panel.texts('.row .event')).toEqual([
      'user.connect',
      'credential.granted',
      'link.opened',
      'link.lost',
    ]);
    for (const time of await panel.texts('.row .time')) expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect(await panel.texts('.row .code')).toEqual(['', '', '', 'kicked']);
    await tab.evaluate(() => {
      const [log] = window.panelParts('.log');
      log?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp' }));
    });
    const details = JSON.parse(await panel.text('.details'));
    expect(details).toMatchObject({ event: { type: 'link.lost' }, to: 'reconnecting.waiting' });
    await tab.evaluate(() => {
      const row = window.panelParts('.row')[0]?.getBoundingClientRect();
      const clientY = (row?.top ?? 0) + 4;
      window
        .panelParts('.rows')[0]
        ?.dispatchEvent(new PointerEvent('pointerdown', { clientY, bubbles: true }));
    });
    expect(JSON.parse(await panel.text('.details'))).toMatchObject({ event: { type: 'user.connect' } });
    expect(await panel.texts('[data-picked] .event')).toEqual(['user.connect']);
  });

  test('[IN-2] filters, pauses and clears', async () => {
    const stand = await watched();
    const { tab, panel } = stand;
    await cut(stand);
    await panel.type('link waiting');
    await tab.until(() => window.panelParts('.row').length === 1);
    await panel.type('');
    await tab.until(() => window.panelParts('.row').length === 4);
    await panel.press('Pause');
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.disconnect());
    await tab.until(() => window.panelParts('.count')[0]?.textContent === '4 events, 1 more');
    expect(await panel.lit()).toEqual(['reconnecting', 'reconnecting.waiting']);
    await panel.press('Pause');
    await panel.untilLit('idle');
    expect(await panel.texts('.row .event')).toContain('user.disconnect');
    await panel.press('Clear');
    await tab.until(() => window.panelParts('.row').length === 0);
  });

  test('[IN-2] goes back in time, and follows again', async () => {
    const stand = await watched();
    const { tab, panel } = stand;
    await cut(stand);
    await panel.slide(1);
    await panel.untilLit('authenticating');
    expect(await panel.texts('.row .event')).toEqual(['user.connect']);
    expect(await panel.text('.count')).toBe('1 event, 3 more');
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.disconnect());
    await tab.until(() => window.panelParts('.count')[0]?.textContent === '1 event, 4 more');
    await panel.slide(0);
    await panel.untilLit('idle');
    await panel.slide(4);
    await panel.untilLit('reconnecting.waiting');
    // In the past no time passes.
    const countdown = await panel.text('.countdown');
    expect(countdown).toMatch(/^next attempt in [34]\.\d s$/);
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));
    expect(await panel.text('.countdown')).toBe(countdown);
    await panel.slide(5);
    await tab.until(() => window.panelParts('.count')[0]?.textContent === '5 events');
    await panel.untilLit('idle');
  });

  test('[IN-2, ST-5] exports the trace, and it plays again to the same statuses', async () => {
    const stand = await watched();
    const { tab, panel } = stand;
    await cut(stand);
    await tab.evaluate(() => {
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob: Blob) => {
        Object.assign(window, { exported: blob.text() });
        return createObjectURL(blob);
      };
      // The file itself is the browser's affair.
      HTMLAnchorElement.prototype.click = function click() {
        Object.assign(window, { exportedAs: this.download });
      };
    });
    await panel.press('Export trace');
    await tab.until(() => 'exported' in window);
    const text = await tab.evaluate(() => (window as unknown as { exported: Promise<string> }).exported);
    expect(await tab.evaluate(() => (window as unknown as { exportedAs: string }).exportedAs)).toMatch(
      /^holdfast-trace-.+\.json$/,
    );
    const story = await tab.evaluate(() => window.holdfast.lives['main']?.story);
    const again = replay(JSON.parse(text) as Trace).map((status) =>
      'phase' in status ? `${status.state}.${status.phase}` : status.state,
    );
    expect(again).toEqual(story);
  });

  test('[IN-2] keeps up with a thousand events a second: the page draws as many frames as without, and few rows', async () => {
    const { tab } = await watched();
    await connect(tab);
    const frames = () =>
      tab.evaluate(async () => {
        let count = 0;
        const end = performance.now() + 1_500;
        while (performance.now() < end) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          count += 1;
        }
        return count;
      });
    const quiet = await frames();
    await tab.evaluate(() => {
      const { connection } = window.holdfast.lives['main']!;
      const begun = performance.now();
      let told = 0;
      // However late a timer comes, as many as are due by then.
      const timer = setInterval(() => {
        const due = performance.now() - begun;
        for (; told < due; told += 1) connection.retry();
        if (due > 10_000) clearInterval(timer);
      }, 10);
    });
    const busy = await frames();
    const rows = await tab.evaluate(() => window.panelParts('.row').length);
    const count = Number(/^(\d+) events/.exec(await new PanelView(tab).text('.count'))?.[1]);
    expect(count).toBeGreaterThan(1_400);
    expect(rows).toBeLessThan(60);
    expect(busy / quiet).toBeGreaterThan(0.8);
  });

  test('[IN-2] waits behind a button where no place is given, and says there how it is', async () => {
    const { tab, panel } = await watchedTab();
    await tab.evaluate(() => window.holdfast.live('main', { inspect: window.holdfast.localInspector() }));
    await connect(tab);
    await tab.until(() => window.panelParts('button[aria-expanded]')[0]?.textContent === 'connected · live');
    const isShown = () =>
      tab.evaluate(() => (window.panelParts('.panel')[0]?.getBoundingClientRect().height ?? 0) > 200);
    expect(await isShown()).toBe(false);
    await panel.press('connected · live');
    expect(await isShown()).toBe(true);
    expect(await panel.lit()).toContain('connected');
    await panel.press('connected · live');
    expect(await isShown()).toBe(false);
    expect(tab.errors).toEqual([]);
  });

  test('[IN-2, LC-14] works under a content security policy that allows nothing but the page itself', async () => {
    const { tab, panel } = await watched('strict.html');
    await connect(tab);
    await panel.untilLit('connected.session.live');
    const width = await tab.evaluate(() => window.panelParts('.chart svg')[0]?.getBoundingClientRect().width);
    expect(width).toBeGreaterThan(500);
    expect([tab.errors, tab.console]).toEqual([[], []]);
  });

  test('[IN-2] is gone when it is closed, and the connection goes on', async () => {
    const { tab, panel } = await watchedTab();
    await tab.evaluate(async () => {
      const inspect = window.holdfast.localInspector();
      window.holdfast.live('main', { inspect });
      await inspect.close();
    });
    await connect(tab);
    await tab.until(() => window.holdfast.lives['main']?.story.at(-1) === 'connected.live');
    expect(await panel.texts('.panel, button')).toEqual([]);
    expect(await tab.evaluate(() => window.holdfast.lives['main']?.problems)).toEqual([]);
  });

  test('[IN-1, CR-12] holds no credential anywhere in the page', async () => {
    const { site, tab, panel } = await watchedTab();
    site.io.use((socket, next) => {
      const isRefused = socket.handshake.auth['token'] === 'secret-token-1';
      next(
        isRefused
          ? Object.assign(new Error('secret-token-1 is bad'), { data: { code: 'unauthorized' } })
          : undefined,
      );
    });
    await tab.evaluate(() => {
      let calls = 0;
      const credential = () => {
        calls += 1;
        return `secret-token-${calls}`;
      };
      const into = document.body.appendChild(document.createElement('div'));
      window.holdfast.live('main', { inspect: window.holdfast.localInspector({ into }), credential });
    });
    await connect(tab);
    await panel.untilLit('connected.session.live');
    expect(await panel.texts('.row .event')).toContain('link.refused');
    const html = await tab.evaluate(() =>
      window
        .panelParts('*')
        .map((each) => (each.shadowRoot ?? each).innerHTML)
        .join('\n'),
    );
    expect(html).toContain('link.refused');
    expect(html).not.toContain('secret-token');
  });
});

describe("Stately's inspector in a frame", () => {
  test('[IN-1, IN-2, CR-12] is told the chart, the events and the states', async () => {
    const { tab } = await watchedTab();
    await tab.evaluate(async () => {
      const iframe = document.body.appendChild(document.createElement('iframe'));
      const inspect = window.holdfast.statelyInspector({
        url: new URL('/stately.html', location.href).href,
        iframe,
      });
      Object.assign(window, { iframe });
      window.holdfast.live('main', { inspect, credential: () => 'secret-token' });
      await inspect.ready;
    });
    await connect(tab);
    const frame = () => (window as unknown as { iframe: HTMLIFrameElement }).iframe.contentWindow?.heard;
    await tab.until(() => {
      const heard = (window as unknown as { iframe: HTMLIFrameElement }).iframe.contentWindow?.heard ?? [];
      return JSON.stringify(heard.at(-1))?.includes('"session":"live"');
    });
    const heard = (await tab.evaluate(frame)) as { type: string; event?: { type: string } }[];
    expect(heard[0]?.type).toBe('@xstate.actor');
    const told = heard.filter(({ type }) => type === '@xstate.event').map(({ event }) => event?.type);
    expect(told).toEqual(expect.arrayContaining(['user.connect', 'credential.granted', 'link.opened']));
    expect(JSON.stringify(heard)).not.toContain('secret-token');
    expect(tab.errors).toEqual([]);
  });
});

describe('the local inspector of a Node program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-inspector-'));
  beforeAll(() => buildInspectorPage(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function watchedProgram(options: LocalInspectorOptions = {}) {
    const site = await startSite();
    let inspector: ReturnType<typeof serveInspector> | undefined;
    const url = await new Promise<string>((announce) => {
      inspector = serveInspector({ port: 0, ...options, announce }, folder);
    });
    const connection = createConnection({
      link: socketIo(site.url),
      credential: () => 'secret-token',
      ...(inspector && { inspect: inspector }),
    });
    onTestFinished(async () => {
      await connection.dispose();
      await inspector?.close();
    });
    const tab = await stage.tab(url);
    await tab.evaluate(findPanelParts);
    return { site, url, connection, inspector, tab, panel: new PanelView(tab) };
  }

  test('[IN-2, CR-12] shows it in a browser, also what was before the page came, and hands out its trace', async () => {
    const { url, connection, tab, panel } = await watchedProgram();
    connection.connect('alice');
    await panel.untilLit('connected.session.live');
    await tab.reload();
    await tab.evaluate(findPanelParts);
    await panel.untilLit('connected.session.live');
    expect(await panel.texts('.row .event')).toEqual(['user.connect', 'credential.granted', 'link.opened']);
    const trace = await tab.evaluate(async () => {
      const id = 'connection' as const;
      const events = new EventSource('events');
      const first = await new Promise<MessageEvent>((resolve) => events.addEventListener('message', resolve));
      events.close();
      return (await fetch(`trace?${id}=${JSON.parse(first.data)[id]}`)).json();
    });
    expect(trace).toEqual(JSON.parse(JSON.stringify(connection.trace())));
    expect(await (await fetch(url)).text()).not.toContain('secret-token');
    expect([tab.errors, tab.console]).toEqual([[], []]);
  });

  test('[IN-2, TS-2] shows a trace that is played again, with all of its time', async () => {
    const { connection } = await watchedProgram();
    connection.connect('alice');
    await connection.ready();
    connection.disconnect();
    const trace = JSON.parse(JSON.stringify(connection.trace())) as Trace;
    let interrupt = () => {};
    let shown: Promise<void> = Promise.resolve();
    const url = await new Promise<string>((announce) => {
      const terminal = {
        print: (text: string) => announce(text.trim().split(' ')[0] ?? ''),
        color: false,
        onInterrupt(callback: () => void) {
          interrupt = callback;
          return () => {};
        },
      };
      shown = inspectTrace(trace, 0, terminal, folder);
    });
    const tab = await stage.tab(url);
    await tab.evaluate(findPanelParts);
    const panel = new PanelView(tab);
    await panel.untilLit('idle');
    await panel.slide(3);
    await panel.untilLit('connected.session.live');
    expect(await panel.texts('.row .event')).toEqual(['user.connect', 'credential.granted', 'link.opened']);
    await panel.slide(0);
    await panel.untilLit('idle');
    expect(await panel.text('.count')).toBe(`0 events, ${trace.entries.length} more`);
    expect(tab.errors).toEqual([]);
    interrupt();
    await shown;
    await expect(fetch(url)).rejects.toThrow();
  });

  test('[IN-2] says that it is gone when the program is', async () => {
    const { connection, inspector, tab, panel } = await watchedProgram();
    connection.connect('alice');
    await panel.untilLit('connected.session.live');
    expect(await tab.evaluate(() => document.querySelector<HTMLElement>('#gone')?.hidden)).toBe(true);
    await inspector?.close();
    await tab.until(() => document.querySelector<HTMLElement>('#gone')?.hidden === false);
    expect(connection.getStatus().state).toBe('connected');
  });
});
