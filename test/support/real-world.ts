import type { Socket } from 'socket.io';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import type { Observed } from '../../machines/verdict.ts';
import { socketIo } from '../../src/index.ts';
import { createWorld, type World } from '../../src/testing/index.ts';
import { markEvent } from './chronicle.ts';
import { type RealServer, startServer } from './servers.ts';

/**
 * A real Socket.IO server behind a fault proxy that plays the behaviours of the simulated one, for one world after
 * another.
 */
export class RealPlace {
  static async open(): Promise<RealPlace> {
    const server = await startServer({ connectionStateRecovery: { skipMiddlewares: false } });
    return new RealPlace(server, await FaultProxy.to(server.port));
  }

  readonly #server: RealServer;
  readonly #proxy: FaultProxy;
  #world: World = createWorld();
  #onConnection: () => void = () => {};
  #recovers = false;

  private constructor(server: RealServer, proxy: FaultProxy) {
    this.#server = server;
    this.#proxy = proxy;
    const { io } = server;
    io.engine.on('connection', () => this.#onConnection());
    io.use((socket, proceed) => this.#shake(socket, proceed));
    io.on('connection', (socket) => {
      socket.emit(markEvent, {});
      socket.onAny((event: string, ...args: unknown[]) => this.#hear(event, args));
    });
    const adapter = io.of('/').adapter;
    const restore = adapter.restoreSession.bind(adapter);
    adapter.restoreSession = async (pid, offset) => (this.#recovers ? restore(pid, offset) : (null as never));
  }

  /** Connections that the server sees. */
  get connections(): number {
    return this.#server.io.engine.clientsCount;
  }

  /** Nothing of the world before is left. */
  get isEmpty(): boolean {
    return this.connections === 0 && this.#proxy.open === 0;
  }

  /** A world whose tokens, provider and clock are simulated, and whose link, network and server are real. */
  world(seed: number, onConnection: () => void): World {
    const base = createWorld({ seed });
    const link = {
      link: socketIo(this.#proxy.url),
      live: () => [],
      dials: () => 0,
      cut: (observed?: Partial<Observed>) => this.#cut(observed),
      say: (event: string, ...args: unknown[]) => void this.#server.io.emit(event, ...args),
    };
    this.#onConnection = onConnection;
    this.#recovers = false;
    this.#world = new Proxy(base, {
      get: (target, key) => {
        if (key === 'link') return link;
        if (key === 'options') return () => ({ ...target.options(), link: link.link });
        return Reflect.get(target, key);
      },
      set: (target, key, value) => {
        if (key === 'network') this.#setNetwork(value);
        return Reflect.set(target, key, value);
      },
    });
    return this.#world;
  }

  /** Whether the server gives back sessions: nobody can make it do so for one that it has not kept. */
  set recovers(does: boolean) {
    this.#recovers = does;
  }

  /** The network is what it was set to. */
  async listening(): Promise<void> {
    if (this.#world.network === 'up') await this.#proxy.listen();
  }

  /** Everything that the server has sent is with the client: each connection has answered a ping. */
  async delivered(): Promise<void> {
    const answered = this.#connections().map(
      (connection) =>
        new Promise<void>((resolve) => {
          const done = () => {
            connection.off('heartbeat', done);
            connection.off('close', done);
            resolve();
          };
          connection.on('heartbeat', done);
          connection.on('close', done);
          connection.sendPacket('ping');
        }),
    );
    await Promise.all(answered);
  }

  async close(): Promise<void> {
    await this.#proxy.close();
    await this.#server.close();
  }

  #setNetwork(network: World['network']): void {
    if (network !== 'down') return;
    this.#proxy.refuse();
    this.#proxy.cut();
  }

  #shake(socket: Socket, proceed: (error?: Error) => void): void {
    const { tokens, clock, server } = this.#world;
    const token = socket.handshake.auth['token'];
    // Nobody but the token tells a real server who is there.
    const identity = tokens.ownerOf(token) ?? 'nobody';
    server.onHandshake({
      identity,
      token,
      isGood: tokens.isGood(token, identity),
      accept: () => proceed(),
      refuse: (data, message = 'no') => proceed(Object.assign(new Error(message), { data })),
      cut: (observed) => {
        if (observed?.reason === 'io server disconnect') socket.disconnect(true);
        else socket.conn.close();
      },
      say: (event, payload) => void socket.emit(event, payload),
      later: (ms, act) => void clock.setTimeout(act, ms),
    });
  }

  #hear(event: string, args: readonly unknown[]): void {
    const last = args.at(-1);
    const isAsked = typeof last === 'function';
    this.#world.server.onMessage?.({
      identity: 'nobody',
      event,
      args: isAsked ? args.slice(0, -1) : args,
      rooms: new Set(),
      renew: () => true,
      answer: (value) => isAsked && last(value),
    });
  }

  #cut({ reason, closeCode }: Partial<Observed> = {}): void {
    const { io } = this.#server;
    if (reason === 'io server disconnect') io.disconnectSockets(true);
    else if (closeCode === undefined && reason === 'transport close') this.#proxy.cut();
    for (const connection of this.#connections()) {
      if (closeCode !== undefined) connection.transport.socket.close(closeCode);
      if (reason === 'parse error') connection.write('9nonsense');
    }
  }

  #connections(): EngineConnection[] {
    const { clients } = this.#server.io.engine as unknown as { clients: Record<string, EngineConnection> };
    return Object.values(clients);
  }
}

/** What Engine.IO's types do not show. */
interface EngineConnection {
  readonly transport: { readonly socket: { close(code: number): void } };
  write(packet: string): void;
  sendPacket(type: 'ping'): void;
  on(event: 'heartbeat' | 'close', listener: () => void): void;
  off(event: 'heartbeat' | 'close', listener: () => void): void;
}
