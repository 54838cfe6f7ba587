import { describe, expect, test } from 'vitest';
import type {} from '../../packages/inspect-classic/test/page/host.ts';
import { type Site, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import { onlySocket, reaches } from '../support/browser/witness.ts';

const stage = useChromium();

interface Given {
  readonly allowSend?: boolean;
}

/** A page with a connection that is shown in a frame of it, before it is asked to connect. */
async function shown(site: Site, { allowSend = false }: Given = {}): Promise<Tab> {
  const tab = await stage.tab(`${site.url}classic/host.html`);
  await tab.evaluate((allowed) => {
    const { browserDevTools, classicInspector, frame } = window.classic;
    const devTools = browserDevTools({ iframe: frame(), url: `${location.origin}/classic/receiver.html` });
    window.holdfast.live('main', { inspect: classicInspector({ devTools, allowSend: allowed }) });
  }, allowSend);
  await tab.until(() => window.classic.inside()?.told.includes('register connection'));
  return tab;
}

function told(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => window.classic.inside()?.told ?? []);
}

async function connected(tab: Tab): Promise<void> {
  await tab.evaluate(() => window.holdfast.lives['main']?.connection.connect('alice'));
  await reaches(tab, 'connected.live');
}

describe('the classic inspector in a frame', () => {
  test('[IN-2] is shown a life: registered once, each event and state in order, stopped', async () => {
    const site = await startSite();
    const tab = await shown(site);
    await connected(tab);
    (await onlySocket(site)).conn.close();
    await tab.until(() => window.classic.inside()?.told.includes('event link.lost'));
    await reaches(tab, 'connected.live');
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.dispose());
    await tab.until(() => window.classic.inside()?.told.at(-1) === 'stop');

    const all = await told(tab);
    expect(all.filter((each) => each.startsWith('register'))).toHaveLength(1);
    // Where none is wanted, the credential is granted while the state is still being entered.
    expect(all.slice(all.indexOf('event user.connect'))).toEqual([
      'event user.connect',
      'event credential.granted',
      'state {"authenticating":{"credential":"dialing"}}',
      'state {"authenticating":"handshake"}',
      'event link.opened',
      'state {"connected":{"session":"live","stability":"unproven","health":"healthy","renewal":"unneeded"}}',
      'event link.lost',
      'state {"reconnecting":"waiting"}',
      'event xstate.after(wait)#connection.reconnecting.waiting',
      'event credential.granted',
      'state {"reconnecting":{"credential":"dialing"}}',
      'state {"reconnecting":"handshake"}',
      'event link.opened',
      'state {"connected":{"session":"live","stability":"unproven","health":"healthy","renewal":"unneeded"}}',
      'event user.dispose',
      'state "idle"',
      'state "idle"',
      'stop',
    ]);
    expect(await tab.evaluate(() => window.classic.inside()?.stateIds)).toEqual(
      expect.arrayContaining(['idle', 'connected', 'connection.reconnecting.waiting', 'auth-failed']),
    );
    expect(tab.errors).toEqual([]);
  });

  test('[IN-1] cannot send an event, unless that is allowed', async () => {
    const tab = await shown(await startSite());
    await connected(tab);
    const before = await told(tab);
    await click(tab, 'user.disconnect');
    expect(await tab.evaluate(() => window.holdfast.lives['main']?.story.at(-1))).toBe('connected.live');
    expect(await told(tab)).toEqual(before);
  });

  test('[IN-2] sends events where that is allowed', async () => {
    const tab = await shown(await startSite(), { allowSend: true });
    await connected(tab);
    await click(tab, 'user.disconnect');
    await reaches(tab, 'idle');
    await tab.until(() => window.classic.inside()?.told.at(-1) === 'state "idle"');
    expect((await told(tab)).filter((each) => each === 'event user.disconnect')).toHaveLength(1);
  });

  test('[IN-1] where it may send, no other page may, and nothing that cannot be read', async () => {
    const tab = await shown(await startSite(), { allowSend: true });
    await connected(tab);
    await tab.evaluate(async () => {
      const stranger = Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts' });
      const { sessionId = '' } = window.classic.inside() ?? {};
      const event = { data: { type: 'user.disconnect' }, $$type: 'scxml', origin: sessionId };
      const message = JSON.stringify({ type: 'xstate.event', event: JSON.stringify(event) });
      stranger.srcdoc = `<script>parent.postMessage(${message}, '*'); parent.postMessage('done', '*')</script>`;
      const done = new Promise<void>((resolve) => {
        window.addEventListener('message', ({ data }) => data === 'done' && resolve());
      });
      document.body.append(stranger);
      await done;
      window.postMessage({ type: 'xstate.event', event: '{' }, '*');
      window.postMessage({ type: 'xstate.event', event: 'null' }, '*');
    });
    await click(tab, 'user.retry');
    await tab.until(() => window.classic.inside()?.told.includes('event user.retry'));
    expect(await told(tab)).not.toContain('event user.disconnect');
    expect(await tab.evaluate(() => window.holdfast.lives['main']?.story.at(-1))).toBe('connected.live');
    expect(tab.errors).toEqual([]);
  });

  test('[IN-2] can be closed: the connection goes on, and nothing more is told', async () => {
    const site = await startSite();
    const tab = await stage.tab(`${site.url}classic/host.html`);
    await tab.evaluate(async () => {
      const { browserDevTools, classicInspector, frame } = window.classic;
      const url = `${location.origin}/classic/receiver.html`;
      const devTools = await browserDevTools({ iframe: frame(), url });
      const { connection } = window.holdfast.live('main', { inspect: classicInspector({ devTools }) });
      Object.assign(window, { closeIt: () => devTools.close() });
      connection.connect('alice');
    });
    await reaches(tab, 'connected.live');
    await tab.until(() => window.classic.inside()?.told.some((each) => each.startsWith('register')));
    await tab.evaluate(() => (window as unknown as { closeIt(): Promise<void> }).closeIt());
    await tab.until(() => window.classic.inside()?.told.at(-1) === 'stop');
    const before = await told(tab);
    await tab.evaluate(() => window.holdfast.lives['main']?.connection.disconnect());
    await connected(tab);
    expect(await told(tab)).toEqual(before);
    expect(tab.console).toEqual([]);
  });

  test('[IN-2] may be in a window that is there already', async () => {
    const site = await startSite();
    const tab = await stage.tab(`${site.url}classic/host.html`);
    await tab.evaluate(async () => {
      const { browserDevTools, classicInspector, frame } = window.classic;
      const url = `${location.origin}/classic/receiver.html`;
      const targetWindow = frame().contentWindow ?? window;
      const devTools = await browserDevTools({ iframe: false, targetWindow, url });
      window.holdfast.live('main', { inspect: classicInspector({ devTools }) });
      frame().src = url;
    });
    await tab.until(() => window.classic.inside()?.told.includes('register connection'));
    await connected(tab);
    await tab.until(() => window.classic.inside()?.told.includes('event link.opened'));
  });
});

test('[IN-1, ER-2] a page without a frame for it is told what to do, and the connection goes on', async () => {
  const site = await startSite();
  const tab = await stage.tab(`${site.url}classic/host.html`);
  const message = await tab.evaluate(async () => {
    const { browserDevTools, classicInspector } = window.classic;
    const devTools = browserDevTools();
    const { connection } = window.holdfast.live('main', { inspect: classicInspector({ devTools }) });
    const told = new Promise<string>((resolve) => {
      connection.problems$.subscribe((problem) => resolve(problem.message));
    });
    await devTools.catch(() => {});
    connection.connect('alice');
    return told;
  });
  expect(message).toMatch(/^the inspector threw: Error: There is no <iframe data-xstate>/);
  await reaches(tab, 'connected.live');
  expect(tab.errors).toEqual([]);
});

test('[IN-2] XState 4 is loaded when it is asked for, not before', async () => {
  const site = await startSite();
  const tab = await stage.tab(`${site.url}classic/host.html`);
  const scripts = () =>
    tab.evaluate(() =>
      performance.getEntriesByType('resource').flatMap(({ name }) => (name.endsWith('.js') ? [name] : [])),
    );
  const before = await scripts();
  await tab.evaluate(() => window.classic.browserDevTools({ targetWindow: window, iframe: false }));
  const added = (await scripts()).filter((name) => !before.includes(name));
  expect(added.length).toBeGreaterThan(0);
});

/** Clicks in the frame, and waits until the message has arrived in the page. */
async function click(tab: Tab, event: string): Promise<void> {
  await tab.evaluate(async (type) => {
    const arrived = new Promise<void>((resolve) => {
      window.addEventListener('message', ({ data }) => data.type === 'xstate.event' && resolve());
    });
    window.classic.inside()?.click(type);
    await arrived;
  }, event);
}
