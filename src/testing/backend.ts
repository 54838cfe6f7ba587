import { from, type Observable } from 'rxjs';
import { CursorUnknown } from '../errors.ts';
import type { SyncItem, SyncRequest } from '../sync-port.ts';
import { renewEvent } from '../wire.ts';
import type { Message } from './server.ts';

/** The one stream that posts are numbered in. */
export const stream = 'posts';

/** By which the server is asked for the rooms that it has a connection in. */
export const probeEvent = 'probe';

/** What the server does with a message: `null` is no answer at all, whatever became of it. */
export interface MessageBehaviour {
  readonly name: string;
  /**
   * Called with each message and each wish for a room.
   *
   * @param repeats How often this very message arrived before.
   */
  answer(message: Message, repeats: number): { readonly after: number; readonly say: unknown } | null;
}

/** Acknowledges everything, `after` virtual ms. */
export function acknowledges(after = 0): MessageBehaviour {
  return { name: `acknowledges(${after})`, answer: () => ({ after, say: { ok: true } }) };
}

/** Does what it is asked and never says so. */
export function neverAcknowledges(): MessageBehaviour {
  return { name: 'neverAcknowledges', answer: () => null };
}

/** Acknowledges what comes the second time. */
export function acknowledgesRepeats(): MessageBehaviour {
  return {
    name: 'acknowledgesRepeats',
    answer: (_, repeats) => (repeats === 0 ? null : { after: 0, say: { ok: true } }),
  };
}

/** Says no to every message and every room. */
export function refusesMessages(): MessageBehaviour {
  return { name: 'refusesMessages', answer: () => ({ after: 0, say: { error: 'not now, not ever' } }) };
}

/** Asks for every message to be sent again, until it came `times` times. */
export function asksAgain(times = 2): MessageBehaviour {
  return {
    name: `asksAgain(${times})`,
    answer: (_, repeats) => ({
      after: 0,
      say: repeats < times ? { error: 'come back', retryable: true } : { ok: true },
    }),
  };
}

/** What the server does with a credential on an open link (CR-9): `null` is no answer at all, whether it took it or not. */
export interface RenewalBehaviour {
  readonly name: string;
  /** Called with each credential that is handed over. */
  answer(message: Message): { readonly after: number; readonly say: unknown } | null;
}

/** Takes what is good, refuses the rest as `unauthorized`, and says so `after` virtual ms. */
export function takesRenewals(after = 0): RenewalBehaviour {
  return {
    name: `takesRenewals(${after})`,
    answer: (message) => ({ after, say: renewed(message) ? {} : { error: { code: 'unauthorized' } } }),
  };
}

/** Refuses every credential, good or not. */
export function refusesRenewals(
  code: 'unauthorized' | 'expired' | 'forbidden' = 'unauthorized',
): RenewalBehaviour {
  return { name: `refusesRenewals(${code})`, answer: () => ({ after: 0, say: { error: { code } } }) };
}

/** Asks to come back in `retryAfter` ms. */
export function putsOffRenewals(retryAfter: number): RenewalBehaviour {
  return {
    name: `putsOffRenewals(${retryAfter})`,
    answer: () => ({ after: 0, say: { error: { code: 'busy', retryAfter } } }),
  };
}

/** Takes what is good, and never says so. */
export function neverAnswersRenewals(): RenewalBehaviour {
  return {
    name: 'neverAnswersRenewals',
    answer(message) {
      renewed(message);
      return null;
    },
  };
}

/** Takes what is good, and answers what is no answer. */
export function answersRenewalsWith(junk: unknown): RenewalBehaviour {
  return {
    name: 'answersRenewalsWith',
    answer(message) {
      renewed(message);
      return { after: 0, say: junk };
    },
  };
}

function renewed({ args: [payload], renew }: Message): boolean {
  return renew((payload as { token?: unknown } | null | undefined)?.token);
}

/** What `sync` of a world does when it is asked for what was missed. */
export type SyncBehaviour = 'answers' | 'streams' | 'fails' | 'throws' | 'hangs' | 'returnsJunk' | 'forgot';

/** One thing that the server said to everybody of an identity, numbered without a hole. */
export interface Post {
  readonly id: string;
  readonly n: number;
}

/** One message as it came, resends included. */
export interface Arrival {
  readonly identity: string;
  readonly id: string;
  readonly payload: unknown;
}

/**
 * What a simulated server keeps beyond one link: what arrived, who is in which room, and what it said, by number.
 */
export class Backend {
  /** What it does with messages and rooms from now on. */
  behaviour: MessageBehaviour = acknowledges();
  /** What it does with credentials on open links from now on. */
  renewals: RenewalBehaviour = takesRenewals();
  /** Every message that came, resends included. */
  readonly arrivals: Arrival[] = [];
  /** Ids that had their effect, by identity and in order: each once, whatever was refused left out. */
  readonly effects = new Map<string, string[]>();
  /** What `sync` of the world comes to from now on. */
  sync: SyncBehaviour = 'answers';
  readonly #posts = new Map<string, Post[]>();
  /** How often each message was answered with the wish to get it again. */
  readonly askedAgain = new Map<string, number>();
  /** How often each message arrived. */
  readonly timesSeen = new Map<string, number>();
  readonly #repeats = new Map<string, number>();
  readonly #later: (ms: number, act: () => void) => void;
  readonly #idOf: (args: readonly unknown[]) => string | null;

  /** @param idOf Which message the arguments of an event are; `null` for none. */
  constructor(
    later: (ms: number, act: () => void) => void,
    idOf: (args: readonly unknown[]) => string | null,
  ) {
    this.#later = later;
    this.#idOf = idOf;
  }

  /** What a server without an `onMessage` of its own does with what comes. */
  take(message: Message): void {
    const { event, args } = message;
    const [payload] = args;
    const id = this.#idOf(args);
    // Whatever is wrong with messages and rooms, a server that runs knows who is where.
    if (event === probeEvent) message.answer({ rooms: [...message.rooms] });
    else if (event === renewEvent) this.#answer(message, this.renewals.answer(message));
    else if (event === 'room:join' || event === 'room:leave') this.#room(message, String(payload));
    else if (id === null) message.answer(payload);
    else this.#message(message, id, payload);
  }

  #message(message: Message, id: string, payload: unknown): void {
    this.arrivals.push({ identity: message.identity, id, payload });
    this.timesSeen.set(id, (this.timesSeen.get(id) ?? 0) + 1);
    const repeats = this.#count(`${message.identity} ${id}`);
    const answer = this.behaviour.answer(message, repeats);
    if (!isRefusal(answer?.say)) this.#effect(message.identity, id);
    else if (isRetryable(answer?.say)) this.askedAgain.set(id, (this.askedAgain.get(id) ?? 0) + 1);
    this.#answer(message, answer);
  }

  /** Says the next thing to this identity, and keeps it for whoever asks later. */
  post(identity: string): Post {
    const posts = this.#posts.get(identity) ?? [];
    this.#posts.set(identity, posts);
    const post = { id: `${identity}:${posts.length + 1}`, n: posts.length + 1 };
    posts.push(post);
    return post;
  }

  /** What `sync` of the app asks of this server. */
  missed({
    identity,
    cursors,
  }: Pick<SyncRequest, 'identity' | 'cursors'>): Promise<readonly SyncItem[]> | Observable<SyncItem> {
    const items = (this.#posts.get(identity) ?? [])
      .filter(({ n }) => n > (cursors[stream] ?? 0))
      .map((payload): SyncItem => ({ event: 'post', payload }));
    switch (this.sync) {
      case 'answers':
        return Promise.resolve(items);
      case 'streams':
        return from(items);
      case 'fails':
        return Promise.reject(new Error('the history is away'));
      case 'throws':
        throw new Error('a sync with a defect');
      case 'hangs':
        return new Promise(() => {});
      case 'returnsJunk':
        return Promise.resolve([...items, null, { payload: 1 }] as never);
      case 'forgot':
        return Promise.reject(new CursorUnknown());
    }
  }

  #room(message: Message, room: string): void {
    const answer = this.behaviour.answer(
      message,
      this.#count(`${message.identity} ${message.event} ${room}`),
    );
    // Nobody is kept in a room, and whoever is refused is out of it, also in a session that was recovered.
    if (message.event === 'room:join' && !isRefusal(answer?.say)) message.rooms.add(room);
    else if (message.event === 'room:leave' || !isRetryable(answer?.say)) message.rooms.delete(room);
    this.#answer(message, answer);
  }

  #answer(message: Message, answer: ReturnType<MessageBehaviour['answer']>): void {
    if (answer === null) return;
    if (answer.after === 0) message.answer(answer.say);
    else this.#later(answer.after, () => message.answer(answer.say));
  }

  #count(key: string): number {
    const repeats = this.#repeats.get(key) ?? 0;
    this.#repeats.set(key, repeats + 1);
    return repeats;
  }

  #effect(identity: string, id: string): void {
    const effects = this.effects.get(identity) ?? [];
    this.effects.set(identity, effects);
    if (!effects.includes(id)) effects.push(id);
  }
}

function isRefusal(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'error' in said;
}

function isRetryable(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'retryable' in said;
}
