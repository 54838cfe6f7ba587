declare global {
  interface Window {
    /** What happened to this page, as its own listeners saw it. */
    pageEvents: string[];
  }
}

/** Runs in every page before its own scripts: it must need nothing from outside. */
export function recordPageEvents(): void {
  window.pageEvents = [];
  const note = (name: string) => window.pageEvents.push(name);
  document.addEventListener('visibilitychange', () => note(document.visibilityState));
  for (const name of ['freeze', 'resume']) document.addEventListener(name, () => note(name));
  for (const name of ['online', 'offline']) window.addEventListener(name, () => note(name));
  for (const name of ['pagehide', 'pageshow'] as const) {
    window.addEventListener(name, ({ persisted }) => note(persisted ? `${name} persisted` : name));
  }
}
