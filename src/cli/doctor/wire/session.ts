import { type Handshake, type Opening, readOpening } from './handshake.ts';
import type { RawSocket } from './raw-socket.ts';
import { ask } from './request.ts';
import type { Route } from './route.ts';
import { askWebSocket } from './upgrade.ts';

export type Transport = 'polling' | 'websocket';

/**
 * What came next in an Engine.IO session: a message for Socket.IO, its ping (answered), the end, or nothing in time.
 * `other` is of no use to anybody here: an attachment of a binary event, or a packet that means nothing.
 */
export type Incoming =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'other' }
  | { readonly kind: 'closed'; readonly how: string }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'silent' };

/** An open Engine.IO 4 session, over either transport. */
export interface Session {
  readonly handshake: Handshake;
  /** Sends one message of Socket.IO. */
  send(text: string): Promise<void>;
  /** What comes next within so many ms. */
  receive(ms: number): Promise<Incoming>;
  close(): void;
}

/** Why there is no session, though there was one before. */
export interface NoSession {
  readonly problem: string;
  /** HTTP, if it was that. */
  readonly status: number | null;
}

/** Opens a session of the doctor's own. */
export async function openSession(
  route: Route,
  path: string,
  transport: Transport,
): Promise<Session | NoSession> {
  return transport === 'websocket' ? openWebSocket(route, path) : openPolling(route, path);
}

/** The path of a request, with its query; that of the URL may stand in it already. */
export function enginePath(path: string, transport: Transport, sid?: string, version = 4): string {
  const known = sid === undefined ? '' : `&sid=${encodeURIComponent(sid)}`;
  // Nobody on the way may answer from a cache.
  return `${path}${path.includes('?') ? '&' : '?'}EIO=${version}&transport=${transport}&t=${Date.now().toString(36)}${known}`;
}

async function openWebSocket(route: Route, path: string): Promise<Session | NoSession> {
  const outcome = await askWebSocket(route, enginePath(path, 'websocket'));
  if (outcome.kind !== 'open')
    return without('a WebSocket was not opened, though the first one was', outcome);
  const { socket } = outcome;
  const first = await socket.receive(route.timeout);
  const opening: Opening = first.kind === 'text' ? readOpening(first.text) : { kind: 'other' };
  if (opening.kind === 'open') return new WebSocketSession(socket, opening.handshake);
  socket.close();
  return without('a WebSocket did not begin with a handshake, though the first one did');
}

function without(problem: string, outcome: { kind: string; status?: number } = { kind: '' }): NoSession {
  const { status = null } = outcome;
  return { problem: status === null ? problem : `${problem}: HTTP ${status}`, status };
}

class WebSocketSession implements Session {
  readonly handshake: Handshake;
  readonly #socket: RawSocket;

  constructor(socket: RawSocket, handshake: Handshake) {
    this.#socket = socket;
    this.handshake = handshake;
  }

  async send(text: string): Promise<void> {
    this.#socket.send(`4${text}`);
  }

  async receive(ms: number): Promise<Incoming> {
    const received = await this.#socket.receive(ms);
    if (received.kind === 'closed') {
      const said = received.reason === '' ? '' : `, "${received.reason}"`;
      return { kind: 'closed', how: `the WebSocket was closed with code ${received.code}${said}` };
    }
    if (received.kind === 'binary') return { kind: 'other' };
    if (received.kind !== 'text') return received;
    return readPacket(received.text, () => this.#socket.send('3'));
  }

  close(): void {
    this.#socket.close();
  }
}

async function openPolling(route: Route, path: string): Promise<Session | NoSession> {
  const outcome = await ask(route, { path: enginePath(path, 'polling') });
  const opening: Opening = outcome.kind === 'answer' ? readOpening(outcome.body) : { kind: 'other' };
  if (opening.kind === 'open') return new PollingSession(route, path, opening.handshake);
  return without('a handshake was not answered as the first one was', outcome);
}

class PollingSession implements Session {
  readonly handshake: Handshake;
  readonly #route: Route;
  readonly #path: string;
  #waiting: string[] = [];
  #end: Incoming | undefined;

  constructor(route: Route, path: string, handshake: Handshake) {
    this.#route = route;
    this.#path = path;
    this.handshake = handshake;
  }

  async send(text: string): Promise<void> {
    await this.#post(`4${text}`);
  }

  async receive(ms: number): Promise<Incoming> {
    const until = performance.now() + ms;
    while (this.#waiting.length === 0 && this.#end === undefined) {
      const left = until - performance.now();
      if (left <= 0) return { kind: 'silent' };
      await this.#poll(left);
    }
    const packet = this.#waiting.shift();
    if (packet === undefined) return this.#end ?? { kind: 'silent' };
    return readPacket(packet, () => void this.#post('3'));
  }

  close(): void {
    if (this.#end === undefined) void this.#post('1');
    this.#end ??= { kind: 'closed', how: 'by the doctor' };
  }

  async #poll(ms: number): Promise<void> {
    const path = enginePath(this.#path, 'polling', this.handshake.sid);
    const outcome = await ask({ ...this.#route, timeout: ms }, { path });
    if (outcome.kind === 'silent') return;
    if (outcome.kind !== 'answer') this.#end = { kind: 'closed', how: 'a poll was broken off' };
    else if (outcome.status !== 200)
      this.#end = { kind: 'closed', how: `a poll was answered with HTTP ${outcome.status}` };
    else this.#waiting.push(...outcome.body.split('\x1e').slice(0, 100));
  }

  async #post(body: string): Promise<void> {
    const path = enginePath(this.#path, 'polling', this.handshake.sid);
    const outcome = await ask(this.#route, { path, method: 'POST', body });
    if (outcome.kind === 'answer' && outcome.status !== 200)
      this.#end ??= { kind: 'closed', how: `a packet was answered with HTTP ${outcome.status}` };
  }
}

function readPacket(packet: string, pong: () => void): Incoming {
  switch (packet[0]) {
    case '4':
      return { kind: 'message', text: packet.slice(1) };
    case '2':
      pong();
      return { kind: 'ping' };
    case '1':
      return { kind: 'closed', how: 'the server closed the session' };
    case '6':
    case 'b':
      return { kind: 'other' };
    default:
      return { kind: 'invalid', why: `a packet of Engine.IO that there is not: "${packet.slice(0, 40)}"` };
  }
}
