import { Manager, type Socket } from 'socket.io-client';
import { clampDelay } from '../../machines/policy.ts';
import type { Observed } from '../../machines/verdict.ts';
import type { Secret } from '../secret.ts';
import { Calls, guardAnswer } from './calls.ts';
import { guardHandshake } from './handshake.ts';
import { type Lingers, lingeringOf } from './linger.ts';
import { type Auth, type Link, LinkCallError, type LinkSession, type LinkSink } from './link.ts';
import { observeDisconnect, observeError, secretsOf } from './observe.ts';
import { isOffer, Recovery } from './recovery.ts';
import { SignOfLife } from './sign-of-life.ts';
import { checkSocketIoOptions, type SocketIoOptions } from './socket-io-options.ts';
import { afterDecodedPackets } from './turn.ts';
import { type Address, readUrl } from './url.ts';

/**
 * A link over Socket.IO 4. Connects nothing and reads no more than its arguments.
 *
 * @param url Address of the server, with http(s):// or ws(s)://; its path is the namespace, its query goes along.
 * @throws HoldfastError `bad-url`, `bad-option` or `unknown-option`, with what to write instead.
 * @example
 * createConnection({ link: socketIo('https://api.example.com'), credential: () => session.accessToken() });
 */
export function socketIo(url: string, options?: SocketIoOptions): Link {
  const checked = checkSocketIoOptions(options);
  return new SocketIoLink(readUrl(url, checked.path), checked);
}

/** A class, since each connection may have a link of its own, and thousands of them live in one process. */
class SocketIoLink implements Link {
  readonly #origin: string;
  readonly #namespace: string;
  readonly #query: Address['query'];
  readonly #options: SocketIoOptions;

  constructor({ origin, namespace, query }: Address, options: SocketIoOptions) {
    this.#origin = origin;
    this.#namespace = namespace;
    this.#query = query;
    this.#options = options;
  }

  open(_identity: string, sink: LinkSink): LinkSession {
    const options = this.#options;
    const transports = options.transports ?? ['websocket'];
    const manager = new Manager(this.#origin, {
      ...(options as object),
      // Engine.IO writes into what it is given, so that nothing of it is shared by two sessions.
      transports: [...transports],
      query: { ...this.#query, ...options.query },
      autoConnect: false,
      reconnection: false,
      // The types know no `false`, but the manual does: the deadlines are the machine's (RE-8).
      timeout: false as unknown as number,
    });
    const needsAgent = transports.includes('polling') && options.agent === undefined;
    return new SocketIoSession(manager, this.#namespace, sink, lingeringOf(this.#origin, needsAgent));
  }
}

/** `dialling` until the CONNECT packet is sent, which waits for the credential; `greeting` until it is answered. */
type Phase = 'resting' | 'dialling' | 'greeting' | 'open' | 'closed';

/** One Manager and one Socket for all attempts of one identity, so that the server can recover the session (LK-1). */
class SocketIoSession implements LinkSession {
  readonly #manager: Manager;
  readonly #socket: Socket;
  readonly #sink: LinkSink;
  readonly #mayUpgrade: boolean;
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #lingering: Lingers;
  // Each made when needed: few servers offer it, most links never call, and fewer are asked for a sign of life.
  #recovery: Recovery | null = null;
  #calls: Calls | null = null;
  #signOfLife: SignOfLife | null = null;
  #phase: Phase = 'resting';
  #epoch = -1;
  #credential: Secret<Auth> | null | undefined;
  #sendConnect: ((auth: object) => void) | undefined;
  #maxPayload: number | null = null;

  constructor(manager: Manager, namespace: string, sink: LinkSink, lingering: Lingers) {
    this.#manager = manager;
    this.#sink = sink;
    this.#lingering = lingering;
    this.#headers = manager.opts.extraHeaders;
    this.#mayUpgrade = manager.opts.transports?.[0] !== 'websocket';
    // Before the Socket subscribes to the same event: the answer to CONNECT is read here before it has effects there.
    manager.on('packet', (packet) => {
      if (packet.type !== connectPacket || packet.nsp !== namespace) return;
      if (isOffer(packet.data)) this.#recovery ??= new Recovery();
      this.#recovery?.answered(packet.data);
    });
    this.#socket = manager.socket(namespace, { auth: (send) => this.#whenDialled(send) });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('connect_error', (error) => this.#refusedOrFailed(error));
    this.#socket.on('disconnect', (reason, details) => this.#disconnected(reason, details));
    this.#socket.onAny((event: unknown, ...args: unknown[]) => this.#received(event, args));
  }

  dial(epoch: number): void {
    if (this.#phase === 'closed' || !(epoch > this.#epoch)) return;
    this.#leave(false);
    this.#epoch = epoch;
    this.#phase = 'dialling';
    // Packets of the last link that are decoded already are handed out on the next tick, to whoever listens then.
    // The engine is dialled behind them, or they would be taken for answers to this attempt.
    afterDecodedPackets(() => {
      if (this.#epoch === epoch && this.#phase === 'dialling') this.#connect(epoch);
    });
  }

  authenticate(epoch: number, auth: Secret<Auth> | null): void {
    if (epoch !== this.#epoch || this.#phase !== 'dialling' || this.#credential !== undefined) return;
    this.#credential = auth;
    this.#greet();
  }

  hangUp(epoch: number, { keepSession }: { readonly keepSession: boolean }): void {
    if (epoch === this.#epoch && this.#phase !== 'closed') this.#leave(keepSession);
  }

  emit(event: string, args: readonly unknown[]): boolean {
    // A function at the end would be an acknowledgement that nobody waits for.
    if (this.#phase !== 'open' || typeof args.at(-1) === 'function') return false;
    try {
      this.#socket.emit(event, ...args);
    } catch {
      // A reserved name, or what cannot be serialised.
      return false;
    }
    return this.#isSent();
  }

  call(event: string, args: readonly unknown[], timeout: number): Promise<unknown> {
    if (this.#phase !== 'open') return Promise.reject(new LinkCallError('not-open'));
    this.#calls ??= new Calls();
    return this.#calls.make((answered) => {
      this.#socket.timeout(clampDelay(timeout)).emit(event, ...args, answered);
      return this.#isSent();
    });
  }

  probe(answered: () => void): void {
    if (this.#phase !== 'open') return;
    this.#signOfLife ??= new SignOfLife(this.#manager, this.#socket);
    this.#signOfLife.ask(() => {
      try {
        answered();
      } catch {
        // As in `#tell`.
      }
    });
  }

  maxPayload(): number | null {
    return this.#maxPayload;
  }

  close(): Promise<void> {
    if (this.#phase !== 'closed') {
      this.#rest(false);
      this.#phase = 'closed';
      this.#socket.off();
      this.#socket.offAny();
      this.#manager.off();
    }
    return this.#lingering.settled();
  }

  #connect(epoch: number): void {
    try {
      // Engine.IO adds the cookies it holds to these very headers, at every attempt: none must see another's.
      if (this.#headers !== undefined) this.#manager.opts.extraHeaders = { ...this.#headers };
      this.#lingering.prepare(this.#manager.opts);
      this.#socket.connect();
      const { engine } = this.#manager;
      // The Manager listens to its engine once that is open, and knows better then why it closes; of one that closes
      // before, nobody would ever hear.
      engine.on('close', (reason, details) => {
        const isDialled = this.#phase !== 'dialling' || this.#sendConnect !== undefined;
        if (this.#epoch === epoch && !isDialled) this.#disconnected(reason, details);
      });
      if (this.#mayUpgrade) engine.on('upgrade', () => this.#lingering.notice(engine));
      engine.on('packet', (packet) => {
        const handshake = guardHandshake(packet);
        if (handshake) this.#maxPayload = handshake.maxPayload;
        else if (handshake === null && this.#epoch === epoch)
          this.#disconnected('parse error', undefined, true);
      });
    } catch (error) {
      this.#fail(epoch, error);
    }
  }

  /** The engine is open and Socket.IO asks what to put into CONNECT: at most once an attempt. */
  #whenDialled(send: (auth: object) => void): void {
    if (this.#phase !== 'dialling') return;
    this.#lingering.notice(this.#manager.engine);
    this.#sendConnect = send;
    this.#greet();
  }

  /** Sends CONNECT when both the engine and the credential are there, whichever comes last (CR-11). */
  #greet(): void {
    const send = this.#sendConnect;
    if (send === undefined || this.#credential === undefined) return;
    this.#sendConnect = undefined;
    this.#phase = 'greeting';
    try {
      const auth = this.#credential?.expose() ?? {};
      send(this.#recovery?.ask(auth) ?? { ...auth });
    } catch (error) {
      this.#fail(this.#epoch, error);
    }
  }

  #connected(): void {
    // Only an answer to what was asked is one: a server may send CONNECT on its own, and twice (LC-5).
    if (this.#phase === 'dialling') this.#disconnected('parse error', undefined, true);
    if (this.#phase !== 'greeting') return;
    this.#phase = 'open';
    const recovered = this.#socket.recovered === true;
    this.#recovery?.opened(recovered);
    this.#tell((sink, epoch) => sink.opened(epoch, { recovered }));
  }

  #refusedOrFailed(error: unknown): void {
    const { active, connected } = this.#socket;
    if (this.#phase === 'open') {
      // A refusal of what was accepted: Socket.IO ends the link and goes on calling itself connected.
      if (!active) this.#disconnected('io server disconnect', error, true);
      return;
    }
    // An event of the app may have this name.
    if (!this.#isTrying() || connected) return;
    this.#settle(observeError(error, !active, this.#secrets, Date.now()));
  }

  #disconnected(reason: string, details: unknown, evenConnected = false): void {
    if (this.#socket.connected && !evenConnected) return;
    if (!this.#isTrying() && this.#phase !== 'open') return;
    const during = this.#phase === 'open' ? 'lost' : 'failed';
    this.#settle(observeDisconnect(during, String(reason), details, this.#secrets, Date.now()));
  }

  #received(event: unknown, args: readonly unknown[]): void {
    if (this.#phase !== 'open' && this.#phase !== 'greeting') return;
    const epoch = this.#epoch;
    // Every message passes here, so that nothing is made for all of them that only some need.
    const last = args.at(-1);
    let own = args;
    if (typeof last === 'function') {
      own = guardAnswer(args, () => this.#epoch === epoch && this.#phase === 'open');
    } else if (typeof last === 'string' && this.#recovery !== null) {
      own = this.#recovery.received(args, Date.now());
    }
    const replayed = this.#phase === 'greeting' && this.#socket.recovered === true;
    try {
      this.#sink.received(epoch, String(event), own, replayed);
    } catch {
      // As in `#tell`, without a closure for each message.
    }
  }

  /** Ends the attempt or the link before telling of it, so that the sink may dial again at once. */
  #settle(observed: Observed): void {
    const { during } = observed;
    if (during === 'lost') this.#recovery?.ended(observed);
    this.#rest(false);
    if (during !== 'timeout') this.#tell((sink, epoch) => sink[during](epoch, observed));
  }

  /** What broke inside a call of the machine's is told after it. */
  #fail(epoch: number, error: unknown): void {
    const observed = observeError(error, false, this.#secrets, Date.now());
    queueMicrotask(() => {
      if (this.#epoch === epoch && this.#isTrying()) this.#settle(observed);
    });
  }

  /** Ends whatever there is on our own account. */
  #leave(keepSession: boolean): void {
    if (this.#phase === 'open') this.#recovery?.ended({ keepSession });
    this.#rest(keepSession);
  }

  /** Back to nothing: no engine, no pending CONNECT, both buffers empty, all calls settled (LK-2). */
  #rest(keepSession: boolean): void {
    this.#phase = 'resting';
    this.#credential = undefined;
    this.#sendConnect = undefined;
    // Before Socket.IO ends them: it would not say why.
    this.#calls?.loseAll();
    this.#lingering.letGo(this.#manager.engine);
    this.#signOfLife?.end();
    const socket = this.#socket;
    // A closed engine swallows the goodbye that disconnect() sends, and the server keeps the session.
    if (keepSession && socket.connected) this.#manager.engine.close();
    try {
      socket.disconnect();
    } catch {
      // Before 4.8, Engine.IO cannot close what broke before it had a transport. All else is undone by then.
    }
    socket.sendBuffer.length = 0;
    socket.receiveBuffer.length = 0;
  }

  /** Whether what was emitted went out: with an expired ping, Socket.IO keeps it for later, whatever `connected` says. */
  #isSent(): boolean {
    const kept = this.#socket.sendBuffer.length > 0;
    this.#socket.sendBuffer.length = 0;
    return !kept;
  }

  /** What must not be repeated of what this attempt or link was given. */
  get #secrets(): readonly string[] {
    return this.#credential ? secretsOf(this.#credential.expose()) : [];
  }

  #isTrying(): boolean {
    return this.#phase === 'dialling' || this.#phase === 'greeting';
  }

  /** The sink never throws (port); should one do so, Socket.IO must not be left half-way. */
  #tell(say: (sink: LinkSink, epoch: number) => void): void {
    try {
      say(this.#sink, this.#epoch);
    } catch {
      // Nobody here to tell it to: problems are the sink's side of the port.
    }
  }
}

const connectPacket = 0;
