/** An event source that knows how many listen. */
export class CountingTarget extends EventTarget {
  readonly #listening = new Set<string>();

  override addEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listening.add(type);
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listening.delete(type);
    super.removeEventListener(type, listener);
  }

  /** What is listened to; one listener each is enough for these tests. */
  get listening(): string[] {
    return [...this.#listening].sort();
  }

  fire(type: string, details: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), details));
  }
}

class FakeWindow extends CountingTarget {
  readonly navigator = { onLine: true };
  document?: FakeDocument;
  WorkerGlobalScope?: unknown;
}

class FakeDocument extends CountingTarget {
  visibilityState: string = 'visible';
}

/** What the browser does to a page, one event at a time. */
export interface FakePage {
  readonly host: FakeWindow;
  readonly document: FakeDocument;
  /** Everything that is listened to. */
  listening(): string[];
  network(isUp: boolean): void;
  hide(): void;
  show(): void;
  freeze(): void;
  resume(): void;
  pagehide(persisted: boolean): void;
  pageshow(persisted: boolean): void;
}

export function createPage(): FakePage {
  const host = new FakeWindow();
  const document = new FakeDocument();
  host.document = document;
  function turn(state: 'visible' | 'hidden'): void {
    document.visibilityState = state;
    document.fire('visibilitychange');
  }
  return {
    host,
    document,
    listening: () => [...host.listening, ...document.listening],
    network(isUp) {
      host.navigator.onLine = isUp;
      host.fire(isUp ? 'online' : 'offline');
    },
    hide: () => turn('hidden'),
    show: () => turn('visible'),
    freeze: () => document.fire('freeze'),
    resume: () => document.fire('resume'),
    pagehide: (persisted) => host.fire('pagehide', { persisted }),
    pageshow: (persisted) => host.fire('pageshow', { persisted }),
  };
}

/** A worker: events of the network, and no page. */
export function createWorkerHost(): FakeWindow {
  const host = new FakeWindow();
  host.WorkerGlobalScope = class {};
  return host;
}
