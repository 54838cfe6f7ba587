import { isOver, type Ledger, type Sent } from './ledger.ts';

/** A link by its number: which dial of the world it is, the first being 1. */
export interface WireLink {
  readonly number: number;
  readonly identity: string;
}

/** One emit that waits for an answer, as it leaves the client. */
export interface WireCall {
  readonly link: WireLink;
  readonly event: string;
  readonly args: readonly unknown[];
}

/** Hears what happens at the client's end of the wire, in the moment in which it happens. */
export interface WireTap {
  /** Gives what to tell of its end: the answer that the client heard, or `null` for none in time. */
  onCall(call: WireCall): (answer: { readonly value: unknown } | null) => void;
  /** A link was accepted; nothing that the server sends again has been told yet. */
  onOpened(link: WireLink, isRecovered: boolean): void;
  /** The server said something that the client will not hear, unless it asks. */
  onLostPost(identity: string): void;
  /** `sync` was asked; gives what to call when it has settled, or is not wanted any more. */
  onSync(identity: string): () => void;
}

export const deafTap: WireTap = {
  onCall: () => () => {},
  onOpened() {},
  onLostPost() {},
  onSync: () => () => {},
};

/** What `Wire` holds; the promises that belong to these are in `message-invariants.ts`. */
export type Breach =
  | 'window'
  | 'overtaken'
  | 'settled'
  | 'stolen'
  | 'rooms-late'
  | 'unwished'
  | 'refused-room'
  | 'sync-early'
  | 'not-held';

export interface WireParts {
  readonly ledger: Ledger;
  /** Messages that may be under way at a time. */
  readonly window: number;
  /** How often the server asked for this message again. */
  readonly askedAgain: (id: string) => number;
  /** Which message the arguments of an emit are, if any. */
  readonly idOf: (args: readonly unknown[]) => string | null;
  /** Whether events of rooms are those of the world's dialect. */
  readonly readsRooms: boolean;
  /** Posts are numbered, and `sync` is the world's. */
  readonly isCatchingUp: boolean;
  /** Timers keep their order: what the client heard, it heard before its deadline. */
  readonly isOrdered: boolean;
}

/** Looks at what afterwards nobody could tell: what stood how when something went out, or came in. */
export class Wire implements WireTap {
  /** What broke first, by promise. */
  readonly breaches = new Map<Breach, string>();
  readonly #parts: WireParts;
  #link: { readonly number: number; readonly isFresh: boolean; hasAsked: boolean } | null = null;
  #underWay = 0;
  /** Rooms that were asked for on this link. */
  #asked = new Set<string>();
  /** `sync` calls that are not settled. */
  #syncs = 0;

  constructor(parts: WireParts) {
    this.#parts = parts;
    if (parts.isCatchingUp) parts.ledger.onPost = (n) => this.#posted(n);
  }

  onOpened({ number, identity }: WireLink, isRecovered: boolean): void {
    const isFresh = this.#parts.ledger.connects(identity, isRecovered);
    this.#link = { number, isFresh, hasAsked: false };
    this.#underWay = 0;
    this.#asked = new Set();
  }

  onLostPost(identity: string): void {
    this.#parts.ledger.misses(identity);
  }

  onCall({ link, event, args }: WireCall): (answer: { readonly value: unknown } | null) => void {
    const { readsRooms, idOf } = this.#parts;
    if (readsRooms && (event === 'room:join' || event === 'room:leave')) {
      return event === 'room:join' ? this.#joins(String(args[0])) : nothing;
    }
    const id = idOf(args);
    return id === null ? nothing : this.#sends(link, id);
  }

  onSync(identity: string): () => void {
    const { ledger } = this.#parts;
    if (!ledger.mayMiss(identity)) this.#break('sync-early', `${identity} misses nothing`);
    if (this.#link !== null) this.#link.hasAsked = true;
    this.#syncs += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#syncs -= 1;
      isOpen = false;
    };
  }

  #sends(link: WireLink, id: string): () => void {
    const { ledger, window, askedAgain } = this.#parts;
    const message = ledger.sent.find((each) => each.id === id);
    this.#underWay += 1;
    if (this.#underWay > window) this.#break('window', `${this.#underWay} of ${window} are under way`);
    if (message !== undefined) {
      if (isOver(message)) this.#break('settled', `message ${message.n} goes out, and was ${last(message)}`);
      if (message.identity !== link.identity)
        this.#break('stolen', `message ${message.n} of ${message.identity} goes out as ${link.identity}`);
      const older = ledger.sent.find(
        (each) =>
          each.n < message.n &&
          each.identity === message.identity &&
          each.id !== null &&
          last(each) === 'queued' &&
          askedAgain(each.id) === 0,
      );
      if (older !== undefined)
        this.#break('overtaken', `message ${message.n} goes before message ${older.n}`);
    }
    if (this.#parts.readsRooms) this.#expectRooms(link.number);
    const number = this.#link?.number;
    let hasEnded = false;
    return () => {
      if (!hasEnded && this.#link?.number === number) this.#underWay -= 1;
      hasEnded = true;
    };
  }

  /** Wished before this link was even dialled: asked for before anything else goes out (OB-2, RM-1). */
  #expectRooms(link: number): void {
    for (const [room, { dials }] of this.#parts.ledger.wished) {
      if (dials < link && !this.#asked.has(room)) this.#break('rooms-late', `${room} was not asked for yet`);
    }
  }

  #joins(room: string): (answer: { readonly value: unknown } | null) => void {
    const { ledger, isOrdered } = this.#parts;
    const wish = ledger.wished.get(room);
    this.#asked.add(room);
    if (wish === undefined) this.#break('unwished', `${room} is asked for, and nobody wishes to be in`);
    else if (wish.isRefused) this.#break('refused-room', `${room} is asked for again`);
    let hasEnded = false;
    return (answer) => {
      // Of one that was left and joined again meanwhile, the next answer decides.
      if (!hasEnded && wish !== undefined && isOrdered && isFinal(answer?.value)) wish.isRefused = true;
      hasEnded = true;
    };
  }

  #posted(n: number): void {
    if (this.#link === null) return;
    if (this.#link.isFresh && !this.#link.hasAsked)
      this.#break('not-held', `post ${n} came before what was missed was asked for`);
    if (this.#syncs > 0) this.#break('not-held', `post ${n} came while \`sync\` was asked`);
  }

  #break(breach: Breach, what: string): void {
    if (!this.breaches.has(breach)) this.breaches.set(breach, what);
  }
}

function last({ states }: Sent): string {
  return states.at(-1) ?? 'not accepted';
}

/** A refusal, and not for now only. */
function isFinal(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'error' in said && !('retryable' in said);
}

const nothing = () => {};
