import type { Connection } from '../connection-api.ts';
import { isHoldfastError } from '../errors.ts';
import type { Gap } from '../inbox/gap.ts';
import type { Delivery, DeliveryState, SendOptions } from '../outbox/delivery.ts';
import type { Post } from './backend.ts';

/** One message that was sent, and everything its sender was told about it. */
export interface Sent {
  /** `null` when `send` threw: it was never accepted. */
  readonly id: string | null;
  readonly n: number;
  /** Whose it was when it was accepted. */
  readonly identity: string | null;
  readonly options: SendOptions;
  readonly states: readonly DeliveryState[];
  /** How `acknowledged` settled: `kept` for an answer, a code for an error, `null` while it is pending. */
  readonly outcome: string | null;
}

/** What the app keeps account of, to hold it against what the server saw. */
export class Ledger {
  readonly sent: (Omit<Sent, 'states' | 'outcome'> & { states: DeliveryState[]; outcome: string | null })[] =
    [];
  /** Rooms that the app wants to be in now. */
  readonly wished = new Set<string>();
  /** Posts as they came, and gaps between them. A new identity begins a new list. */
  received: (Post | 'gap')[] = [];
  readonly #connection: Connection;
  #identity: string | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('post').subscribe((post) => this.received.push(post));
    connection.gaps$.subscribe((_: Gap) => this.received.push('gap'));
    connection.rooms$.subscribe((rooms) => {
      for (const [room, { state }] of rooms) if (state === 'refused') this.wished.delete(room);
    });
    connection.status$.subscribe((status) => {
      const isSignedOut = status.state === 'idle' && status.reason === 'signed-out';
      if ('identity' in status || isSignedOut) this.#belongTo('identity' in status ? status.identity : null);
    });
  }

  send(options: SendOptions): void {
    const n = this.sent.length;
    const entry = {
      id: null as string | null,
      n,
      identity: this.#identity,
      options,
      states: [],
      outcome: null,
    };
    const sent: (typeof this.sent)[number] = entry;
    this.sent.push(sent);
    let delivery: Delivery;
    try {
      delivery = this.#connection.send('message', { n }, options);
    } catch (thrown) {
      sent.outcome = codeOf(thrown);
      return;
    }
    entry.id = delivery.id;
    delivery.state$.subscribe((state) => sent.states.push(state));
    delivery.acknowledged.then(
      () => {
        sent.outcome = 'kept';
      },
      (thrown) => {
        sent.outcome = codeOf(thrown);
      },
    );
  }

  join(room: string): void {
    this.wished.add(room);
    this.#connection.join(room);
  }

  leave(room: string): void {
    this.wished.delete(room);
    this.#connection.leave(room);
  }

  signOut(): Promise<void> {
    // Also where nobody was signed in: what was wished for whoever comes is forgotten.
    this.wished.clear();
    return this.#connection.signOut();
  }

  #belongTo(identity: string | null): void {
    if (identity === this.#identity) return;
    if (this.#identity !== null) this.wished.clear();
    this.#identity = identity;
    this.received = [];
  }
}

function codeOf(thrown: unknown): string {
  return isHoldfastError(thrown) ? thrown.code : 'not ours';
}
