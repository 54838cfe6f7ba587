import { without } from '../without.ts';
import { type Agent, makeAgent, retire } from './agent.ts';

/** What a WebSocket of Node's `ws` offers beyond a browser's. */
interface Terminable {
  readonly readyState: number;
  terminate(): void;
  once(event: 'close', listener: () => void): unknown;
}

/** @param needsAgent Whether requests need an agent of their own, so that they can be ended. */
export function lingeringOf(origin: string, needsAgent: boolean): Lingers {
  return new Lingering(needsAgent ? { isSecure: /^(https|wss):/.test(origin) } : null);
}

interface AgentNeeded {
  readonly isSecure: boolean;
}

/** What `linger-browser.ts` has as well. */
export type Lingers = Pick<Lingering, keyof Lingering>;

/**
 * Sees off what carried a link. `ws` waits 30 s for the other side to say goodbye, and keeps the process alive for
 * it; on a black-holed link nobody answers. After a short grace it is cut (LC-10), and so are requests of `polling`.
 */
class Lingering {
  readonly #needed: AgentNeeded | null;
  #agent: Agent | undefined;
  #carrier: Terminable | undefined;
  #leaving: readonly Promise<void>[] = nobody;

  constructor(needed: AgentNeeded | null) {
    this.#needed = needed;
  }

  /** Before an engine is made: gives its requests an agent of their own, where that serves. */
  prepare(options: { agent?: unknown }): void {
    if (this.#needed === null) return;
    this.#agent = makeAgent(this.#needed.isSecure);
    if (this.#agent !== undefined) options.agent = this.#agent;
  }

  /** An engine forgets its WebSocket when it closes it, and gets another one by an upgrade: look while it is there. */
  notice(engine: unknown): void {
    this.#carrier = terminable(engine) ?? this.#carrier;
  }

  /** The engine is closed, or about to be: what carried it has the grace to go by itself. */
  letGo(engine: unknown): void {
    this.notice(engine);
    // An engine that waits for its last message to go out still shows what was seen off already.
    if (this.#carrier !== undefined && !seenOff.has(this.#carrier)) {
      seenOff.add(this.#carrier);
      this.#seeOff(goodbye(this.#carrier));
    }
    if (this.#agent !== undefined) this.#seeOff(retire(this.#agent, grace));
    this.#carrier = undefined;
    this.#agent = undefined;
  }

  /** Resolves when the last of them is closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  #seeOff(leaving: Promise<void>): void {
    this.#leaving = [...this.#leaving, leaving];
    void leaving.then(() => {
      this.#leaving = without(this.#leaving, leaving);
    });
  }
}

/** What was seen off already, of whichever link. */
const seenOff = new WeakSet<Terminable>();

const nobody: readonly Promise<void>[] = [];
const grace = 500;
const closed = 3;

function goodbye(ws: Terminable): Promise<void> {
  if (ws.readyState === closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => ws.terminate(), grace);
    ws.once('close', () => {
      clearTimeout(timer);
      // A turn later the system has closed it as well.
      setTimeout(resolve);
    });
  });
}

/** Only Node's `ws` can be terminated. The one exception to using public fields alone (LK-4), and so it is guarded. */
function terminable(engine: unknown): Terminable | undefined {
  const ws = (engine as { transport?: { ws?: Partial<Terminable> | null } } | undefined)?.transport?.ws;
  return typeof ws?.terminate === 'function' && typeof ws.once === 'function'
    ? (ws as Terminable)
    : undefined;
}
