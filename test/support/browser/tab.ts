import { type DevTools, type Fields, patience } from './devtools.ts';
import { recordPageEvents } from './page-events.ts';

/** One page in Chromium, in a window of its own. What takes longer than 20 s fails. */
export class Tab {
  static async create(devtools: DevTools, profile: string): Promise<Tab> {
    const { targetId } = await devtools.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId: profile,
      newWindow: true,
    });
    const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(devtools, targetId, sessionId);
    const domains = ['Inspector', 'Log', 'Network', 'Page', 'Runtime'];
    await Promise.all(domains.map((domain) => tab.send(`${domain}.enable`)));
    // What runs the tools marks inner functions with a helper of its own, which pages do not have.
    const source = `globalThis.__name ??= (named) => named;(${recordPageEvents})()`;
    await tab.send('Page.addScriptToEvaluateOnNewDocument', { source });
    return tab;
  }

  /** What it said on its console, as `level: text`, with what the browser itself says there. */
  readonly console: string[] = [];
  /** Uncaught exceptions, unhandled rejections, and what of the console is an error. */
  readonly errors: string[] = [];
  readonly #devtools: DevTools;
  readonly #target: string;
  readonly #session: string;

  private constructor(devtools: DevTools, target: string, session: string) {
    this.#devtools = devtools;
    this.#target = target;
    this.#session = session;
    devtools.listen(session, (method, params) => this.#hear(method, params));
  }

  /** Any command of the DevTools protocol, for this tab. */
  send(method: string, params: Fields = {}): Promise<Fields> {
    return this.#devtools.send(method, params, this.#session);
  }

  /** Resolves when the page and its scripts have loaded. */
  async open(url: string): Promise<void> {
    const loaded = this.next('Page.loadEventFired');
    const { errorText } = await this.send('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  async reload(): Promise<void> {
    const loaded = this.next('Page.loadEventFired');
    await this.send('Page.reload');
    await loaded;
  }

  /**
   * Runs the function in the page, where it sees its arguments and globals, not what is around it here. Arguments and
   * result are JSON; a promise is awaited; what it throws is thrown here, with its text.
   */
  async evaluate<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const given = args.map((arg) => JSON.stringify(arg) ?? 'undefined').join(', ');
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression: `(${task})(${given})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`in the page: ${textOf(exceptionDetails)}`);
    return result.value;
  }

  /** The first result that is truthy. Asked for from outside, so that it also works in a page that is hidden or frozen. */
  async until<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const end = performance.now() + patience;
    for (;;) {
      const result = await this.evaluate(task, ...args);
      if (result) return result;
      if (performance.now() > end) throw new Error(await this.#never(String(task), result));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What happened to the page since it was loaded: `hidden`, `freeze`, `pageshow persisted`, ... in order. */
  events(): Promise<string[]> {
    return this.evaluate(() => window.pageEvents);
  }

  /** As when the user minimises the window. */
  async hide(): Promise<void> {
    await this.#window('minimized');
    await this.until(() => document.visibilityState === 'hidden');
  }

  /** Also unfreezes it. */
  async show(): Promise<void> {
    // After a freeze the window counts as shown while its page is hidden: it is to be hidden first.
    await this.#window('minimized');
    await this.#window('normal');
    await this.until(() => document.visibilityState === 'visible');
  }

  /** The browser hides a page before it freezes it. */
  async freeze(): Promise<void> {
    await this.send('Page.setWebLifecycleState', { state: 'frozen' });
    await this.until(() => window.pageEvents.lastIndexOf('freeze') > window.pageEvents.lastIndexOf('resume'));
  }

  /** It stays hidden, until `show()`. */
  async resume(): Promise<void> {
    await this.send('Page.setWebLifecycleState', { state: 'active' });
    await this.until(() => window.pageEvents.lastIndexOf('resume') > window.pageEvents.lastIndexOf('freeze'));
  }

  /** No new connection comes about. A WebSocket that is open stays so, and what it carries is held until `online()`. */
  async offline(): Promise<void> {
    await this.#network(true);
    await this.until(() => !navigator.onLine && window.pageEvents.includes('offline'));
  }

  async online(): Promise<void> {
    await this.#network(false);
    await this.until(() => navigator.onLine);
  }

  /** Goes to another page, so that this one lies in the back/forward cache until `back()`. */
  async leave(): Promise<void> {
    await this.open(await this.evaluate(() => new URL('/other.html', location.href).href));
  }

  /** Back to the page that was left. Rejects, with the browser's reasons, if it was not kept but loaded anew. */
  async back(): Promise<void> {
    const reasons: string[] = [];
    const stop = this.#devtools.listen(this.#session, (method, params) => {
      if (method !== 'Page.backForwardCacheNotUsed') return;
      for (const { reason } of params['notRestoredExplanations']) reasons.push(reason);
    });
    try {
      const { currentIndex, entries } = await this.send('Page.getNavigationHistory');
      const arrived = this.next('Page.frameNavigated', ({ frame }) => frame.parentId === undefined);
      await this.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1].id });
      await arrived;
      const shown = await this.until(() => {
        const moves = window.pageEvents?.filter((name) => name.startsWith('page'));
        return moves?.at(-1)?.startsWith('pageshow') && moves.at(-1);
      });
      if (shown !== 'pageshow persisted') throw new Error(`the page was not kept: ${reasons.join(', ')}`);
    } finally {
      stop();
    }
  }

  /** Resolves when the page is gone. */
  async close(): Promise<void> {
    const isThis = ({ sessionId }: Fields) => sessionId === this.#session;
    const gone = this.#devtools.next(undefined, 'Target.detachedFromTarget', isThis);
    await this.#devtools.send('Target.closeTarget', { targetId: this.#target });
    await gone;
  }

  /** Ends the page's process without a word to the page. The tab serves for nothing more. */
  async crash(): Promise<void> {
    const crashed = this.next('Inspector.targetCrashed');
    // A process that has crashed gives no answer.
    this.send('Page.crash').catch(() => {});
    await crashed;
  }

  /** The next event of the protocol that fits. */
  next(event: string, fits: (params: Fields) => boolean = () => true): Promise<Fields> {
    return this.#devtools.next(this.#session, event, fits);
  }

  async #window(windowState: 'minimized' | 'normal'): Promise<void> {
    const { windowId } = await this.send('Browser.getWindowForTarget');
    await this.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
  }

  async #network(offline: boolean): Promise<void> {
    const unlimited = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await this.send('Network.emulateNetworkConditions', { offline, ...unlimited });
  }

  #hear(method: string, params: Fields): void {
    if (method === 'Runtime.consoleAPICalled') {
      const said = (params['args'] as Fields[]).map(({ value, description }) => description ?? String(value));
      this.#note(params['type'], said.join(' '));
    } else if (method === 'Log.entryAdded') {
      const { level, text, url = '' } = params['entry'];
      this.#note(level, `${text} ${url}`.trim());
    } else if (method === 'Runtime.exceptionThrown') {
      this.errors.push(textOf(params['exceptionDetails']));
    } else if (method === 'Inspector.targetCrashed') {
      this.errors.push('the page crashed');
    }
  }

  #note(level: string, text: string): void {
    this.console.push(`${level}: ${text}`);
    if (level === 'error' || level === 'assert') this.errors.push(text);
  }

  async #never(what: string, last: unknown): Promise<string> {
    const events = await this.events();
    return [
      `never truthy within ${patience} ms: ${what}`,
      `last: ${JSON.stringify(last)}`,
      `page: ${events.join(', ')}`,
      `errors: ${this.errors.join('\n')}`,
    ].join('\n');
  }
}

function textOf({ text, exception }: Fields): string {
  return exception?.description ?? (exception === undefined ? text : JSON.stringify(exception.value));
}
