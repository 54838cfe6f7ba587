/** Something that happened in a page, and when by `performance.now()`, which goes on while the page is stopped. */
export interface Moment {
  readonly what: string;
  readonly at: number;
}

declare global {
  interface Window {
    /** What happened to this page, as its own listeners saw it. */
    pageEvents: string[];
    /** The same with times, `dial` for each WebSocket that is made, and the statuses of `live` as `name state.phase`. */
    moments: Moment[];
  }
}

/** Runs in every page before its own scripts: it must need nothing from outside. */
export function recordPageEvents(): void {
  window.pageEvents = [];
  window.moments = [];
  const mark = (what: string) => window.moments.push({ what, at: performance.now() });
  const note = (name: string) => {
    window.pageEvents.push(name);
    mark(name);
  };
  document.addEventListener('visibilitychange', () => note(document.visibilityState));
  for (const name of ['freeze', 'resume']) document.addEventListener(name, () => note(name));
  for (const name of ['online', 'offline']) window.addEventListener(name, () => note(name));
  for (const name of ['pagehide', 'pageshow'] as const) {
    window.addEventListener(name, ({ persisted }) => note(persisted ? `${name} persisted` : name));
  }
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, given) {
      mark('dial');
      return Reflect.construct(target, given);
    },
  });
}
