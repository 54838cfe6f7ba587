import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Demo, startDemo } from '../demo.ts';
import type { Stage } from './stage.ts';
import type { Tab } from './tab.ts';

/** `npm start` for the tests of a file, with a chat server that lives at the beginning of each. */
export function useDemo(stage: Stage) {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  beforeEach(() => demo.revive());
  afterAll(() => demo.interrupt());
  return {
    get url() {
      return demo.url;
    },
    /** A tab of this user that is connected, in a profile of its own if no other is given. */
    async open(user: string, room = 'lobby', profile = stage.profile()): Promise<DemoPage> {
      const page = new DemoPage(await (await profile).tab(`${demo.url}?user=${user}&room=${room}`));
      await page.reaches('connected.live');
      return page;
    },
  };
}

/** A tab with the demo in it, and what is to be seen there. */
export class DemoPage {
  readonly tab: Tab;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  /** Waits for a status such as `connected.live`, and for the chart to have the same state lit. */
  async reaches(status: string): Promise<void> {
    await this.tab.until((wanted) => {
      const raw = document.querySelector<HTMLElement>('.raw')?.dataset;
      return wanted === [raw?.['state'], raw?.['phase']].filter((part) => part !== undefined).join('.');
    }, status);
    await this.charts(status);
  }

  /** Waits until exactly this of the top states is lit, and the phase within it where the chart has one of that name. */
  async charts(status: string): Promise<void> {
    await this.tab.until((wanted) => {
      const drawn = document.querySelector('.chart > .holdfast-inspector')?.shadowRoot;
      const lit = [...(drawn?.querySelectorAll('[data-state][data-active]') ?? [])].map((state) =>
        state.getAttribute('data-state'),
      );
      const [top = '', phase = ''] = wanted.split('.');
      const tops = lit.filter((name) => name !== null && !name.includes('.'));
      const isPhaseLit = lit.some((name) => name?.split('.').includes(phase));
      return tops.join() === top && (phase === '' || top === 'idle' || isPhaseLit);
    }, status);
  }

  /** What the banner says, and what of it a screen reader is told in which way. */
  banner() {
    return this.tab.evaluate(() => {
      const text = (selector: string) =>
        document.querySelector<HTMLElement>(`.banner ${selector}`)?.innerText.trim() ?? '';
      return {
        tone: document.querySelector<HTMLElement>('.banner')?.dataset['tone'],
        polite: text('[role=status][aria-live=polite]'),
        assertive: text('[role=alert][aria-live=assertive]'),
        countdown: text('.countdown'),
        more: text('.banner-more'),
        action: text('.banner-act'),
      };
    });
  }

  /** A press of a real mouse on the first element that fits. */
  async press(selector: string): Promise<void> {
    const spot = await this.tab.until(async (wanted) => {
      const element = document.querySelector(wanted);
      if (element === null) return null;
      element.scrollIntoView({ block: 'center' });
      // The mouse meets what was drawn last, which after a scroll is not yet what the boxes say.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const box = element.getBoundingClientRect();
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      return element.contains(document.elementFromPoint(middle.x, middle.y)) ? middle : null;
    }, selector);
    const at = { ...spot, button: 'left', clickCount: 1 };
    await this.tab.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
    await this.tab.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
  }

  /** Presses the fault, and waits until the page says that it came to this end. */
  async suffers(fault: string, end: 'well' | 'resting' | 'open'): Promise<Scene[]> {
    await this.press(`[data-fault="${fault}"]`);
    if (end !== 'open') await this.ends(end);
    return this.scenes();
  }

  async ends(end: 'well' | 'resting'): Promise<void> {
    await this.tab.until((wanted) => document.querySelector(`.story[data-end="${wanted}"]`) !== null, end);
  }

  /** What page and server saw since the last fault. */
  scenes(): Promise<Scene[]> {
    return this.tab.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.story li')].map((scene) => {
        const [who = '', ...words] = scene.querySelector<HTMLElement>('.scene')?.innerText.split(' ') ?? [];
        return { who, what: words.join(' ') };
      }),
    );
  }

  /** Waits until somebody saw this. */
  async saw(who: 'page' | 'server', what: RegExp): Promise<void> {
    await expect
      .poll(
        async () => (await this.scenes()).filter((scene) => scene.who === who).map((scene) => scene.what),
        {
          timeout: 20_000,
        },
      )
      .toContainEqual(expect.stringMatching(what));
  }

  /** Writes in the room that is shown, with the keyboard. */
  async say(text: string): Promise<void> {
    await this.press('#text');
    await this.tab.until(() => document.activeElement?.id === 'text');
    await this.tab.send('Input.insertText', { text });
    await this.key('Enter');
  }

  async key(key: 'Enter' | 'Tab' | 'Escape'): Promise<void> {
    const code = { Enter: 13, Tab: 9, Escape: 27 }[key];
    const event = {
      key,
      code: key,
      windowsVirtualKeyCode: code,
      ...(key === 'Enter' && { text: '\r' }),
    };
    await this.tab.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.tab.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** Every message with this text: from whom, and where it stands if it is one of ours. */
  lines(text: string): Promise<{ from: string; state: string | null; mark: string }[]> {
    return this.tab.evaluate(
      (wanted) =>
        [...document.querySelectorAll<HTMLElement>('.line')]
          .filter((line) => line.querySelector<HTMLElement>('.bubble')?.innerText === wanted)
          .map((line) => ({
            from: line.dataset['from'] ?? '',
            state: line.querySelector<HTMLElement>('.mark')?.dataset['delivery'] ?? null,
            mark: line.querySelector<HTMLElement>('.mark')?.innerText.trim() ?? '',
          })),
      text,
    );
  }

  /** Waits until there is exactly one message with this text, in this state. */
  async shows(text: string, state: string | null): Promise<void> {
    await expect
      .poll(async () => (await this.lines(text)).map((line) => line.state), { timeout: 20_000 })
      .toEqual([state]);
  }

  /** The console, but for what the fault makes Chromium itself say there. */
  expectCleanConsole({ isServerDown = false, isCalledOff = false } = {}): void {
    const caused = [...(isServerDown ? [nobodyThere] : []), ...(isCalledOff ? [calledOff] : [])];
    const { console, errors } = this.tab;
    expect(console.filter((said) => !caused.some((cause) => cause.test(said)))).toEqual([]);
    // What of the errors is on the console was looked at.
    expect(errors.filter((error) => !console.includes(`error: ${error}`))).toEqual([]);
  }
}

export interface Scene {
  readonly who: string;
  readonly what: string;
}

const socket = String.raw`WebSocket connection to 'ws://127\.0\.0\.1:\d+/socket\.io/\?tab=[\da-f-]+&EIO=4&transport=websocket' failed: `;
const script = String.raw`(?: http://127\.0\.0\.1:\d+/assets/index-[\w-]+\.js)?`;

/** What Chromium says, and nobody can keep it from saying, when a WebSocket finds no server. */
const nobodyThere = new RegExp(
  `^error: ${socket}Connection closed before receiving a handshake response${script}$`,
);

/** And when one is closed that is still being opened: the attempt was called off. */
const calledOff = new RegExp(
  `^warning: ${socket}WebSocket is closed before the connection is established\\.${script}$`,
);
