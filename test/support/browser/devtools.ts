import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What an event carries, and what a command answers: the caller knows. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of commands, which are not typed here
export type Fields = Record<string, any>;

/** The Chrome DevTools Protocol over its WebSocket. An error of the browser is a rejection that names the command. */
export class DevTools {
  static async connect(url: string): Promise<DevTools> {
    // Screenshots and heaps are larger than the default; the peer is on this machine.
    const socket = new WebSocket(url, { maxPayload: 0, perMessageDeflate: false });
    await once(socket, 'open', { signal: AbortSignal.timeout(patience) });
    return new DevTools(socket);
  }

  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<Listener>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    socket.on('error', () => {});
    socket.on('close', () => this.#failAll('Chromium is gone'));
  }

  /** @param session Of the tab that it is for; without one, it is for the browser. */
  send(method: string, params: Fields = {}, session?: string, within = patience): Promise<Fields> {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error(`${method}: Chromium is gone`));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const late = () => this.#fail(id, `no answer within ${within} ms`);
      this.#pending.set(id, { method, session, resolve, reject, timer: setTimeout(late, within) });
      this.#socket.send(JSON.stringify({ id, method, params, ...(session && { sessionId: session }) }));
    });
  }

  /** Calls the listener with every event of the session; gives the function that stops it. */
  listen(session: string, heard: (method: string, params: Fields) => void): () => void {
    const listener: Listener = { session, heard };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#failAll('Chromium was closed');
    this.#socket.terminate();
  }

  #receive({ id, method, params = {}, sessionId, result, error }: Message): void {
    if (id !== undefined) {
      const pending = this.#take(id);
      if (error) pending?.reject(new Error(`${pending.method}: ${error.message} ${error.data ?? ''}`.trim()));
      else pending?.resolve(result ?? {});
      return;
    }
    if (method === undefined) return;
    // A tab that is gone does not answer any more.
    if (method === 'Target.detachedFromTarget') this.#failAll('the tab is gone', params['sessionId']);
    for (const { session, heard } of [...this.#listeners]) if (session === sessionId) heard(method, params);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #fail(id: number, why: string): void {
    const pending = this.#take(id);
    pending?.reject(new Error(`${pending.method}: ${why}`));
  }

  #failAll(why: string, session?: string): void {
    for (const [id, pending] of this.#pending) {
      if (session === undefined || pending.session === session) this.#fail(id, why);
    }
  }
}

/** Ms for anything that the browser is asked: much more than it takes on a busy machine. */
export const patience = 20_000;

interface Pending {
  readonly method: string;
  readonly session: string | undefined;
  readonly timer: NodeJS.Timeout;
  resolve(result: Fields): void;
  reject(error: Error): void;
}

interface Listener {
  readonly session: string;
  readonly heard: (method: string, params: Fields) => void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly sessionId?: string;
  readonly result?: Fields;
  readonly error?: { readonly message: string; readonly data?: string };
}
