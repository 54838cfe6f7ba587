import { createConnection } from '../../src/connection.ts';
import type { Connection } from '../../src/connection-api.ts';
import { holdfast } from '../../src/dialect/holdfast.ts';
import type { Gap } from '../../src/inbox/gap.ts';
import { LinkCallError, type LinkSession, type LinkSink } from '../../src/link/link.ts';
import type { Membership } from '../../src/membership.ts';
import type { Signal } from '../../src/signals.ts';
import { createVirtualClock } from '../../src/testing/clock.ts';
import { createRandom } from '../../src/testing/random.ts';
import {
  cursorOf,
  type Greeting,
  helloEvent,
  joinEvent,
  type Missed,
  probeEvent,
  type RoomAnswer,
  type RoomWish,
  readCursor,
  skipEvent,
} from '../../src/wire.ts';

/** One room on the server. `null` for a message that is not for this client. */
interface Log {
  generation: number;
  /** The first generation whose numbers go on in this one. */
  oldest: number;
  /** How many were let go of. */
  trimmed: number;
  readonly entries: (string | null)[];
}

interface Line {
  readonly epoch: number;
  readonly sink: LinkSink;
  readonly rooms: Set<string>;
  /** By the server; the client hears of it later. */
  isAccepted: boolean;
  isOpen: boolean;
  isOver: boolean;
}

/** Sent on the wire, by the room it was broadcast in. */
export interface Said {
  readonly room: string;
  readonly text: string;
  readonly replayed: boolean;
}

/** Ms that anything takes from one end to the other. */
const latency = 10;

/** A server that keeps logs of its rooms, and one real connection to it by `holdfast()` over a line that breaks. */
export class LogWorld {
  readonly clock = createVirtualClock();
  readonly connection: Connection;
  readonly heard: Said[] = [];
  readonly gaps: Gap[] = [];
  readonly problems: string[] = [];
  readonly statuses: string[] = [];
  /** Events that the client sent, the handshake as `CONNECT`. */
  readonly asked: { readonly event: string; readonly args: readonly unknown[] }[] = [];
  /** Most messages in one answer. */
  page = 100;
  /** Ms that the server takes to look whether a client may join. */
  slowness = 0;
  /** What it does not answer at all. */
  readonly mute = new Set<string>();
  readonly forbidden = new Set<string>();
  /** What it says instead of the truth. */
  lie: (truth: unknown) => unknown = (truth) => truth;
  network: 'up' | 'down' = 'up';
  signal: (signal: Signal) => void = () => {};
  readonly #logs = new Map<string, Log>();
  #line: Line | null = null;

  constructor() {
    this.connection = createConnection({
      link: { open: (_, sink) => this.#open(sink) },
      credential: false,
      dialect: holdfast(),
      clock: this.clock,
      random: createRandom(1),
      signals: {
        subscribe: (listener) => {
          this.signal = listener;
          return () => {};
        },
      },
    });
    this.connection.messages$.subscribe(({ event, payload, room, replayed, args }) => {
      if (event === 'room:removed') return;
      if (args.length !== 1) this.problems.push(`${event} came with ${args.length} arguments`);
      this.heard.push({ room: room ?? '', text: String(payload), replayed });
    });
    this.connection.gaps$.subscribe((gap) => this.gaps.push(gap));
    this.connection.problems$.subscribe(({ code, message }) => this.problems.push(`${code}: ${message}`));
    this.connection.status$.subscribe((status) =>
      this.statuses.push('phase' in status ? `${status.state}/${status.phase}` : status.state),
    );
  }

  get texts(): readonly string[] {
    return this.heard.map(({ text }) => text);
  }

  join(room: string, after?: string): Membership {
    return this.connection.join(room, after === undefined ? {} : { after });
  }

  /** The server broadcasts in the room; `isForOthers`: past this client. Gives the cursor. */
  say(room: string, text: string, isForOthers = false): string {
    const log = this.#log(room);
    log.entries.push(isForOthers ? null : text);
    const cursor = cursorOf(`g${log.generation}`, log.entries.length);
    const stamp = this.lie({ holdfast: [room, cursor] });
    this.#down((line) => {
      if (!line.rooms.has(room)) return null;
      return isForOthers ? [skipEvent, stamp] : ['said', text, stamp];
    });
    return cursor;
  }

  /** The server forgets the older half of a log, or all of it and how it counted. */
  trim(room: string): void {
    const log = this.#log(room);
    log.trimmed = Math.ceil((log.entries.length + log.trimmed) / 2);
  }

  wipe(room: string): void {
    const { generation } = this.#log(room);
    this.#logs.set(room, { generation: generation + 1, oldest: generation + 1, trimmed: 0, entries: [] });
  }

  /** A log that was never written to has another generation from here on, and nothing was lost. */
  rename(room: string): void {
    const log = this.#log(room);
    if (log.entries.length === 0) log.generation += 1;
  }

  /** The server takes the client out of the room. */
  remove(room: string, reason: string): void {
    this.#down((line) => (line.rooms.delete(room) ? ['room:removed', { room, reason }] : null));
  }

  lose(): void {
    const line = this.#line;
    if (line === null || line.isOver) return;
    line.isOver = true;
    const observed = { reason: 'transport close', message: 'cut' };
    if (line.isOpen) line.sink.lost(line.epoch, { during: 'lost', ...observed });
    else line.sink.failed(line.epoch, { during: 'failed', ...observed });
  }

  /** The server loses the client out of its rooms, without a word. */
  haunt(): void {
    this.#line?.rooms.clear();
  }

  /** Where the server has the client now. */
  get rooms(): readonly string[] {
    return this.#line?.isOver === false ? [...this.#line.rooms].sort() : [];
  }

  async settle(): Promise<void> {
    this.network = 'up';
    this.slowness = 0;
    this.mute.clear();
    await this.clock.advance(60_000);
    // What could not be asked for is asked for at the next connection.
    this.lose();
    await this.clock.advance(60_000);
    // A message that was under way stood for an answer: only the next probe finds a ghost session.
    this.signal('visible');
    await this.clock.advance(120_000);
  }

  #log(room: string): Log {
    let log = this.#logs.get(room);
    if (log === undefined) {
      log = { generation: 0, oldest: 0, trimmed: 0, entries: [] };
      this.#logs.set(room, log);
    }
    return log;
  }

  /** What the server sends is read when it is sent, and arrives later, in order. */
  #down(read: (line: Line) => readonly [string, ...unknown[]] | null): void {
    const line = this.#line;
    if (line === null || line.isOver || !line.isAccepted) return;
    const packet = read(line);
    if (packet === null) return;
    const [event, ...args] = packet;
    this.#later(line, () => line.sink.received(line.epoch, event, args, false));
  }

  #later(line: Line, act: () => void, ms = latency): void {
    this.clock.setTimeout(() => {
      if (!line.isOver) act();
    }, ms);
  }

  #grantAll(line: Line, wishes: readonly RoomWish[]): RoomAnswer[] {
    let left = this.page;
    return wishes.map((wish) => {
      const [room, from] = typeof wish === 'string' ? [wish, null] : wish;
      if (this.forbidden.has(room)) {
        line.rooms.delete(room);
        return { error: { code: 'forbidden' } };
      }
      line.rooms.add(room);
      const { generation, oldest, trimmed, entries } = this.#log(room);
      const head = { ok: true as const, cursor: cursorOf(`g${generation}`, entries.length) };
      if (from === null) return head;
      const at = readCursor(from);
      const named = Number(at?.generation.slice(1));
      const isKnown =
        at !== null &&
        named >= oldest &&
        named <= generation &&
        at.sequence >= trimmed &&
        at.sequence <= entries.length;
      if (!isKnown) return { ...head, reset: true as const };
      const missed: Missed[] = entries
        .slice(at.sequence, at.sequence + left)
        .map((text, index) =>
          text === null ? [at.sequence + index + 1] : [at.sequence + index + 1, 'said', text],
        );
      left -= missed.length;
      const read = at.sequence + missed.length;
      return {
        ok: true as const,
        cursor: cursorOf(`g${generation}`, read),
        ...(missed.length > 0 && { missed }),
        ...(read < entries.length && { more: true as const }),
      };
    });
  }

  #open(sink: LinkSink): LinkSession {
    const current = (epoch: number) => (this.#line?.epoch === epoch ? this.#line : null);
    return {
      dial: (epoch) => {
        if (this.#line !== null) this.#line.isOver = true;
        const line: Line = { epoch, sink, rooms: new Set(), isAccepted: false, isOpen: false, isOver: false };
        this.#line = line;
        if (this.network === 'down') this.#later(line, () => this.lose());
      },
      authenticate: (epoch, auth) => {
        const line = current(epoch);
        if (line === null || this.network === 'down') return;
        const greeting = auth?.expose()['holdfast'] as Greeting;
        this.asked.push({ event: 'CONNECT', args: [greeting] });
        this.#later(line, () => {
          line.isAccepted = true;
          this.#later(line, () => {
            line.isOpen = true;
            sink.opened(epoch, { recovered: false });
          });
          if (this.mute.has(helloEvent)) return;
          this.#later(
            line,
            () => {
              const rooms = this.#grantAll(line, greeting.rooms);
              this.#later(line, () => sink.received(epoch, helloEvent, [this.lie({ rooms })], false));
            },
            this.slowness + 1,
          );
        });
      },
      hangUp: (epoch) => {
        const line = current(epoch);
        if (line !== null) line.isOver = true;
      },
      emit: () => false,
      call: (event, args, timeout) => this.#call(event, args, timeout),
      close: async () => {},
    };
  }

  #call(event: string, args: readonly unknown[], timeout: number): Promise<unknown> {
    const line = this.#line;
    if (line === null || line.isOver || !line.isOpen) return Promise.reject(new LinkCallError('not-open'));
    this.asked.push({ event, args });
    return new Promise((resolve, reject) => {
      this.clock.setTimeout(() => reject(new LinkCallError('timeout')), timeout);
      this.#later(line, () => {
        if (this.mute.has(event)) return;
        this.#later(
          line,
          () => {
            const answer = this.lie(this.#answer(line, event, args));
            this.#later(line, () => resolve(answer));
          },
          this.slowness,
        );
      });
    });
  }

  #answer(line: Line, event: string, [asked]: readonly unknown[]): unknown {
    if (event === joinEvent) return this.#grantAll(line, asked as readonly RoomWish[]);
    if (event === probeEvent) return { rooms: [...line.rooms] };
    if (event === 'room:leave') line.rooms.delete(asked as string);
    return { ok: true };
  }
}
