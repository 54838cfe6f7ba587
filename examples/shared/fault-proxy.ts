import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy on the loopback between a client and a server, for faults at a moment that is chosen. What it does
 * to the pairs that are open it does at once; a fault that lasts (`blackhole`, `dropServerToClient`, `dropClientToServer`,
 * `delay`, `refuse`) goes on until `heal()`.
 */
export class FaultProxy {
  /** `target`: a port, or a function that is asked for one at each connection, where there are several servers. */
  static async to(target: number | (() => number)): Promise<FaultProxy> {
    const proxy = new FaultProxy(typeof target === 'number' ? () => target : target);
    await proxy.listen();
    return proxy;
  }

  /** Connections that were accepted so far, and bytes that came through. */
  readonly counts = { accepted: 0, up: 0, down: 0 };
  readonly #targetPort: () => number;
  readonly #pairs = new Set<Pair>();
  readonly #abandoned = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #server: Server | undefined;
  #port = 0;
  #latency = 0;
  #holds = { up: false, down: false };

  private constructor(targetPort: () => number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get open(): number {
    return this.#pairs.size;
  }

  /** Takes connections again after `refuse()`, on the same port. */
  async listen(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((client) => this.#accept(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection in good order (FIN), without a word from the protocols above. */
  cut(): void {
    for (const { client, target } of this.#pairs) {
      client.destroySoon();
      target?.destroySoon();
    }
  }

  /** Breaks every connection off (RST). */
  reset(): void {
    for (const { client, target } of this.#pairs) {
      breakOff(client);
      if (target !== undefined) breakOff(target);
    }
  }

  /** Breaks the client's half off, and lets the server believe in its own: a half-open link. */
  abandon(): void {
    for (const pair of this.#pairs) {
      pair.isAbandoned = true;
      if (pair.target !== undefined) this.#abandoned.add(pair.target);
      breakOff(pair.client);
    }
  }

  /** Forwards nothing any more, either way, and tells nobody. New connections are accepted and get silence. */
  blackhole(): void {
    this.#hold({ up: true, down: true });
  }

  /**
   * What is open dies for good and tells nobody, as when a router on the way has forgotten it. New connections are
   * unharmed.
   */
  bury(): void {
    for (const pair of this.#pairs) {
      pair.isBuried = true;
      this.#flow(pair);
    }
  }

  /** Holds what the server says: the client is heard, and hears nothing. */
  dropServerToClient(): void {
    this.#hold({ up: false, down: true });
  }

  /** Holds what the client says: it hears, and is not heard. */
  dropClientToServer(): void {
    this.#hold({ up: true, down: false });
  }

  /** Forwards everything this much later. */
  delay(ms: number): void {
    this.#latency = ms;
  }

  /** Takes no new connections; those that are open stay. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** What was held flows again, late, as after a hole in the network. */
  async heal(): Promise<void> {
    this.#latency = 0;
    this.#hold({ up: false, down: false });
    await this.listen();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const server = this.#server;
    this.refuse();
    const gone = [...this.#pairs]
      .flatMap(({ client, target }) => [client, target])
      .concat(...this.#abandoned)
      .map((socket) => {
        if (socket === undefined || socket.closed) return undefined;
        const closed = once(socket, 'close');
        socket.destroy();
        return closed;
      });
    await Promise.all(gone);
    if (server?.listening) await once(server, 'close');
  }

  #accept(client: Socket): void {
    this.counts.accepted += 1;
    const pair: Pair = { client, target: undefined, isAbandoned: false, isBuried: false };
    this.#pairs.add(pair);
    client.on('error', () => {});
    client.on('close', () => this.#pairs.delete(pair));
    client.pause();
    this.#flow(pair);
  }

  #hold(holds: { up: boolean; down: boolean }): void {
    this.#holds = holds;
    for (const pair of this.#pairs) this.#flow(pair);
  }

  /** A paused socket reads neither data nor the end, so that the kernel holds both until the hole is healed. */
  #flow(pair: Pair): void {
    const { up, down } = pair.isBuried ? { up: true, down: true } : this.#holds;
    if (!(up && down)) pair.target ??= this.#dial(pair);
    if (up) pair.client.pause();
    else pair.client.resume();
    if (down) pair.target?.pause();
    else pair.target?.resume();
  }

  #dial(pair: Pair): Socket {
    const { client } = pair;
    const target = connect(this.#targetPort(), '127.0.0.1');
    target.on('error', () => client.destroy());
    client.on('data', (chunk) => this.#forward(chunk, target, 'up'));
    target.on('data', (chunk) => this.#forward(chunk, client, 'down'));
    client.on('close', () => this.#later(() => pair.isAbandoned || target.destroySoon()));
    target.on('close', () => this.#later(() => client.destroySoon()));
    return target;
  }

  #forward(chunk: Buffer, to: Socket, way: 'up' | 'down'): void {
    this.counts[way] += chunk.length;
    this.#later(() => to.writable && to.write(chunk));
  }

  #later(task: () => void): void {
    if (this.#latency === 0) {
      task();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, this.#latency);
    this.#timers.add(timer);
  }
}

/** RST. Node never tells of the end of a socket that is reset while it says goodbye: that one is only destroyed. */
export function breakOff(socket: Socket): void {
  if (socket.writableEnded || socket.destroyed) socket.destroy();
  else socket.resetAndDestroy();
}

interface Pair {
  readonly client: Socket;
  target: Socket | undefined;
  isAbandoned: boolean;
  isBuried: boolean;
}
