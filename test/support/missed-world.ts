import { promisify } from 'node:util';
import { from, NEVER } from 'rxjs';
import { createActor, SimulatedClock } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import { defaultPolicy } from '../../machines/policy.ts';
import type { Ports } from '../../machines/ports.ts';
import { classifySocketIo } from '../../machines/verdict.ts';
import { CursorUnknown } from '../../src/errors.ts';
import { Inbox } from '../../src/inbox.ts';
import type { SyncItem, SyncRequest } from '../../src/sync-port.ts';
import { byPayload, type Note } from './inbox.ts';
import { Reader } from './reader.ts';

export const behaviours = {
  good: ['array', 'promise', 'async iterable', 'Observable', 'more than asked for', 'slow'],
  bad: ['throws', 'breaks half-way', 'hangs', 'answers late', 'gives nothing', 'forgot'],
} as const;

/** Ms of an answer that is slow; the deadline of one try is twice that. */
const stride = 500;

export type Behaviour = (typeof behaviours)['good' | 'bad'][number];

const turn = promisify(setImmediate);

/** The log of one user on the server: streams count from 10, so that none seems to begin again. */
type Log = Map<string, Note[]>;

/** A server with a log, a bad line to it, the real chart, and an inbox whose reader holds it to its promises. */
export class MissedWorld {
  readonly clock = new SimulatedClock();
  readonly reader = new Reader();
  readonly requests: SyncRequest[] = [];
  behaviour: Behaviour = 'array';
  identity = 'alice';
  readonly #logs = new Map<string, Log>();
  readonly #inbox: Inbox;
  readonly #actor;
  /** Live messages that are on their way longer than those after them. */
  #late: Note[] = [];
  /** What was said while there was no link, for a server that recovers sessions. */
  #unheard: Note[] = [];
  #dialled: number | null = null;
  #isUp = false;

  constructor() {
    this.#inbox = new Inbox(this.clock, {
      identify: byPayload,
      merge: null,
      sync: { fetch: (request) => this.#fetch(request) as never, timeout: 2 * stride, retries: 2 },
      problems: { report() {}, caught() {} },
      desk: { redact: (said) => said },
      onGap: () => this.#actor.send({ type: 'inbox.gap', epoch: this.#epoch }),
    });
    this.#inbox.messages$.subscribe((message) => this.reader.read(message, this.identity));
    this.#inbox.gaps$.subscribe((gap) => this.reader.hear(gap));
    this.#actor = createActor(connectionMachine, {
      clock: this.clock,
      input: {
        ports: this.#ports(),
        deadlines: { credential: 10_000, handshake: 20_000, probe: 5_000 },
        hasProvider: true,
        restore: { hasSync: true, retries: { rooms: 2, missed: 2 } },
        world: { online: true, visible: true },
        policy: defaultPolicy,
      },
    });
    this.#actor.start();
    this.connect('alice');
  }

  connect(identity: string): void {
    if (identity !== this.identity) this.hangUp();
    this.identity = identity;
    this.#actor.send({ type: 'user.connect', identity });
    this.open(false);
  }

  disconnect(): void {
    this.hangUp();
    this.#actor.send({ type: 'user.disconnect' });
  }

  retry(): void {
    this.#actor.send({ type: 'user.retry' });
  }

  /** The dial under way is accepted; a server that recovers sends again what it said meanwhile. */
  open(recovered: boolean): void {
    if (this.#dialled === null || this.#isUp) return;
    if (recovered) for (const note of this.#unheard) this.#inbox.deliver('note', [note], true);
    this.#unheard = [];
    this.#isUp = true;
    this.#actor.send({ type: 'link.opened', epoch: this.#dialled, recovered });
  }

  lose(): void {
    if (!this.#isUp) return;
    this.hangUp();
    const verdict = classifySocketIo({ during: 'lost', message: 'lost', reason: 'transport close' });
    this.#actor.send({ type: 'link.lost', epoch: this.#epoch, verdict });
  }

  publish(stream: string, how: 'arrives' | 'arrives twice' | 'is late' | 'is dropped'): void {
    const notes = this.#stream(stream);
    const sequence = 10 + notes.length;
    const note = { id: `${this.identity}/${stream}${sequence}`, stream, sequence, version: 0 };
    notes.push(note);
    this.#send(note, how);
  }

  edit(stream: string, index: number): void {
    const notes = this.#stream(stream);
    const note = notes[index % notes.length];
    if (note === undefined) return;
    const edited = { ...note, version: (note.version ?? 0) + 1 };
    notes[notes.indexOf(note)] = edited;
    this.#send(edited, 'arrives');
  }

  /**
   * In strides: promises get no turn while the clock moves, and an answer in time would meet its own deadline. A turn of
   * the event loop after each: an async iterable needs several turns of promises for every item, however many it has.
   */
  async pass(ms: number): Promise<void> {
    let left = ms;
    do {
      this.clock.increment(Math.min(left, stride));
      await turn();
      left -= stride;
    } while (left > 0);
  }

  /** One good reconnection, and everything settles. */
  async heal(): Promise<void> {
    this.behaviour = 'array';
    await this.#untilDialled();
    this.open(false);
    this.lose();
    await this.#untilDialled();
    this.open(false);
    await this.pass(30_000);
  }

  get isLive(): boolean {
    return this.#actor.getSnapshot().matches({ connected: { session: 'live' } });
  }

  /** Everything that the server ever said to the current user. */
  log(): readonly Note[] {
    return [...(this.#logs.get(this.identity)?.values() ?? [])].flat();
  }

  hangUp(): void {
    this.#isUp = false;
    this.#late = [];
    this.#unheard = [];
  }

  /** Waits are shorter than this, and a handshake is given up after 20 s. */
  async #untilDialled(): Promise<void> {
    for (let n = 0; n < 30 && !this.#isUp && this.#dialled === null; n += 1) await this.pass(stride);
  }

  get #epoch(): number {
    return this.#actor.getSnapshot().context.epoch;
  }

  #send(note: Note, how: Parameters<MissedWorld['publish']>[1]): void {
    if (!this.#isUp) {
      this.#unheard.push(note);
      return;
    }
    if (how === 'is late') {
      this.#late.push(note);
      return;
    }
    const copies = { arrives: 1, 'arrives twice': 2, 'is dropped': 0 }[how];
    for (let copy = 0; copy < copies; copy += 1) this.#inbox.deliver('note', [note], false);
    for (const other of this.#late.splice(0)) this.#inbox.deliver('note', [other], false);
  }

  #stream(name: string): Note[] {
    const log: Log = this.#logs.get(this.identity) ?? new Map();
    this.#logs.set(this.identity, log);
    const notes = log.get(name) ?? [];
    log.set(name, notes);
    return notes;
  }

  #fetch(request: SyncRequest): unknown {
    this.requests.push(request);
    if (request.identity !== this.identity) throw new Error('asked for somebody else');
    const overlap = this.behaviour === 'more than asked for' ? 3 : 0;
    const items: SyncItem[] = this.log()
      .filter(({ stream = '', sequence = 0 }) => sequence > (request.cursors[stream] ?? 0) - overlap)
      .map((payload) => ({ event: 'note', payload }));
    switch (this.behaviour) {
      case 'array':
      case 'more than asked for':
        return items;
      case 'promise':
        return Promise.resolve(items);
      case 'async iterable':
        return (async function* () {
          yield* items;
        })();
      case 'Observable':
        return from(items);
      case 'slow':
        return this.#after(stride, items);
      case 'answers late':
        return this.#after(3 * stride, items);
      case 'throws':
        throw new Error('boom');
      case 'breaks half-way':
        return (async function* () {
          yield* items.slice(0, items.length / 2);
          throw new Error('boom');
        })();
      case 'hangs':
        return NEVER;
      case 'gives nothing':
        return undefined;
      case 'forgot':
        throw new CursorUnknown();
    }
  }

  #after(ms: number, items: readonly SyncItem[]): Promise<readonly SyncItem[]> {
    return new Promise((resolve) => {
      this.clock.setTimeout(() => resolve(items), ms);
    });
  }

  #ports(): Ports {
    let owner: string | null = null;
    return {
      now: () => this.clock.now(),
      random: () => 0.5,
      link: {
        open() {},
        dial: (epoch) => {
          this.#dialled = epoch;
        },
        authenticate() {},
        renew: () => () => {},
        hangUp: () => {
          this.#dialled = null;
        },
        suspend: () => {
          this.#dialled = null;
        },
        close: () => {
          this.#dialled = null;
        },
      },
      credential: {
        call: ({ epoch }, settle) => {
          settle({ type: 'credential.granted', epoch, refusedBefore: false });
          return () => {};
        },
        markRefused() {},
        forgive() {},
      },
      session: {
        belongTo: (identity) => {
          if (identity === owner) return;
          owner = identity;
          this.#inbox.forget();
          this.reader.forget();
        },
        begin() {},
        hold: () => this.#inbox.hold(),
        restore: (_, epoch, settle) =>
          this.#inbox.catchUp({ identity: owner ?? '', rooms: [], epoch }, settle),
        probe: () => () => {},
        open: () => this.#inbox.release(),
        pause() {},
        end() {},
      },
      classify: classifySocketIo,
      problem() {},
    };
  }
}
