/** What a WebSocket of Node's `ws` offers beyond a browser's. */
interface Terminable {
  readonly readyState: number;
  terminate(): void;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Sees off WebSockets that are being closed. `ws` waits 30 s for the other side to say goodbye, and keeps the process
 * alive for it; on a black-holed link nobody answers. After a short grace the socket is cut (LC-10).
 */
export class Lingering {
  #carrier: Terminable | undefined;
  readonly #closing = new Set<Terminable>();
  #waiting: (() => void)[] = [];

  /** An engine forgets its WebSocket when it closes it, and gets another one by an upgrade: look while it is there. */
  notice(engine: unknown): void {
    this.#carrier = terminable(engine) ?? this.#carrier;
  }

  /** The engine is closed, or about to be: what carried it has the grace to go by itself. */
  letGo(engine: unknown): void {
    this.notice(engine);
    const ws = this.#carrier;
    this.#carrier = undefined;
    if (ws === undefined || ws.readyState === closed || this.#closing.has(ws)) return;
    this.#closing.add(ws);
    const timer = setTimeout(() => ws.terminate(), grace);
    ws.once('close', () => {
      clearTimeout(timer);
      // A turn later the system has closed it as well.
      setTimeout(() => {
        this.#closing.delete(ws);
        if (this.#closing.size === 0) this.#settle();
      });
    });
  }

  /** Resolves when the last of them is closed. */
  settled(): Promise<void> {
    return this.#closing.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const grace = 500;
const closed = 3;

/** Only Node's `ws` can be terminated. The one exception to using public fields alone (LK-4), and so it is guarded. */
function terminable(engine: unknown): Terminable | undefined {
  const ws = (engine as { transport?: { ws?: Partial<Terminable> | null } } | undefined)?.transport?.ws;
  return typeof ws?.terminate === 'function' && typeof ws.once === 'function' ? (ws as Terminable) : undefined;
}
