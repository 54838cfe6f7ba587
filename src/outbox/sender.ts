import type { MessageEvent, MessageLife } from '../../machines/outbox.ts';
import { nextPause, type ReconnectPolicy } from '../../machines/policy.ts';
import { AnswerRefused } from '../calls.ts';
import type { Clock } from '../clock.ts';
import type { CredentialDesk } from '../credential.ts';
import { describe } from '../describe.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { readAnswer } from '../dialect/read-answer.ts';
import { HoldfastError } from '../errors.ts';
import { LinkCallError, type LinkSession } from '../link/link.ts';
import type { Problems } from '../problems.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { readMaxPayload, tooLargeFor } from './sizes.ts';

export interface SenderContext {
  readonly outbox: { readonly window: number; readonly ackTimeout: number };
  readonly clock: Clock;
  readonly random: () => number;
  readonly dialect: Pick<Dialect, 'encode' | 'readAnswer'>;
  readonly desk: Pick<CredentialDesk, 'redact'>;
  readonly problems: Pick<Problems, 'report' | 'caught'>;
  readonly policy: Omit<ReconnectPolicy, 'backoff'>;
}

/** Ms until the link is asked again that called itself open and took nothing. */
export const lookAgainAfter = 1_000;

/**
 * Sends one queue over one link after another: the lowest place first, `window` at a time (OB-2). Nothing here waits
 * for anything but calls of the link, so that whatever happens meanwhile finds every message in its one place.
 */
export class Sender {
  readonly #context: SenderContext;
  #queue: Queue | null = null;
  #session: LinkSession | null = null;
  /** Counts links: a session serves one after another. */
  #link = 0;
  /** Calls of this link that are not answered: a message may be settled before its call is. */
  #calls = 0;
  #maxPayload: number | null = null;
  #isPumping = false;
  /** The link took nothing: it is left alone until this timer fires. */
  #rest: unknown = null;

  constructor(context: SenderContext) {
    this.#context = context;
  }

  /** The largest message that the server takes, as far as the last link knew. */
  get maxPayload(): number | null {
    return this.#maxPayload;
  }

  open(queue: Queue, session: LinkSession): void {
    this.pause();
    // A link that never said what became of its calls: it is over, and so are they.
    for (const message of [...queue.inFlight.items]) {
      if (message.link !== this.#link) queue.move(message, lost);
    }
    this.#maxPayload = readMaxPayload(session);
    this.#queue = queue;
    this.#session = session;
    this.pump();
  }

  /** Nothing more is sent; what is in flight may still be answered. */
  pause(): void {
    this.#queue?.returnAll();
    this.#queue = null;
    this.#session = null;
    this.#wake();
  }

  /** The link is gone. Its calls settle on their own, each with an answer that came just in time, or as lost. */
  end(): void {
    this.pause();
    this.#link += 1;
    this.#calls = 0;
  }

  pump(): void {
    // Called again by whoever hears of what is done here: the loop below goes on with it.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let message = this.#next(); message !== null; message = this.#next()) this.#send(message);
    } finally {
      this.#isPumping = false;
    }
  }

  #next(): Message | null {
    const queue = this.#queue;
    if (queue === null || this.#rest !== null) return null;
    return this.#calls < this.#context.outbox.window ? queue.next() : null;
  }

  #send(message: Message): void {
    const queue = this.#queue;
    const session = this.#session;
    if (queue === null || session === null) return;
    if (queue.isOver(message)) {
      queue.move(message, { type: 'ttl-over' });
      return;
    }
    if (!queue.isNoted(message)) return;
    const args = this.#encode(queue, message);
    // The dialect is somebody's own, and may have called anything meanwhile.
    if (args === null || queue.next() !== message || this.#session !== session) return;

    const { clock, outbox } = this.#context;
    const link = this.#link;
    message.link = link;
    message.sentAt = clock.now();
    queue.shift(message, sent);
    const sending = message.life;
    this.#calls += 1;
    let call: Promise<unknown>;
    try {
      call = session.call(message.entry.event, args, outbox.ackTimeout);
    } catch {
      call = Promise.reject(new LinkCallError('not-open'));
    }
    void Promise.resolve(call).then(
      (answer) => {
        if (this.#isAwaited(link, message, sending)) this.#answered(queue, message, answer);
      },
      (thrown: unknown) => {
        if (this.#isAwaited(link, message, sending)) this.#failed(queue, message, thrown);
      },
    );
    queue.tell(message);
  }

  /** A call is over. Of a try that was over before it, nothing is heard. */
  #isAwaited(link: number, { life }: Message, sending: MessageLife): boolean {
    if (link === this.#link) this.#calls -= 1;
    if (life === sending) return true;
    this.pump();
    return false;
  }

  /** What goes on the wire, or `null` for what never can, which is refused. */
  #encode(queue: Queue, message: Message): readonly unknown[] | null {
    const { dialect, problems } = this.#context;
    const { id, event, payload } = message.entry;
    let error: HoldfastError | null = null;
    let args: unknown = null;
    try {
      args = dialect.encode({ id, event, payload });
      if (!Array.isArray(args)) error = new HoldfastError('callback-threw', '`dialect.encode` gave no array');
      else error = tooLargeFor(this.#maxPayload, message.entry, args);
    } catch (thrown) {
      const words = `\`dialect.encode\` threw: ${describe(thrown)}`;
      error = new HoldfastError('callback-threw', words, { cause: thrown });
    }
    if (error === null) return args as readonly unknown[];
    queue.move(message, { type: 'unsendable', error });
    if (message.isOwn) problems.report(error);
    return null;
  }

  #answered(queue: Queue, message: Message, answer: unknown): void {
    const event = this.#read(answer);
    queue.shift(message, event);
    if (event.type === 'refused' && message.life.state === 'queued') {
      message.refusals += 1;
      // Without the link it was refused on, it goes in its turn.
      if (queue === this.#queue) queue.stepAside(message, this.#backoff(message));
    }
    queue.tell(message);
  }

  #read(answer: unknown): MessageEvent {
    const { dialect, desk, problems } = this.#context;
    const read = readAnswer(dialect, answer);
    if (read instanceof HoldfastError) {
      problems.report(read);
      return { type: 'unreadable' };
    }
    if (read.ok) return { type: 'acknowledged', value: read.value };
    const error = new AnswerRefused(desk.redact(read.error));
    return { type: 'refused', error, retryable: read.retryable };
  }

  #failed(queue: Queue, message: Message, thrown: unknown): void {
    const reason = thrown instanceof LinkCallError ? thrown.reason : 'lost';
    const isCurrent = queue === this.#queue && message.link === this.#link;
    // Only a deadline that passed is a reason to try at once: anything else would go round and round.
    if (isCurrent && !(reason === 'timeout' && this.#hasPassed(message))) this.#letRest();
    queue.move(message, failures[reason]);
  }

  #hasPassed({ sentAt }: Message): boolean {
    const { clock, outbox } = this.#context;
    return clock.now() - sentAt >= Math.max(1, outbox.ackTimeout / 2);
  }

  #letRest(): void {
    this.#rest ??= this.#context.clock.setTimeout(() => {
      this.#rest = null;
      this.pump();
    }, lookAgainAfter);
  }

  #wake(): void {
    if (this.#rest === null) return;
    this.#context.clock.clearTimeout(this.#rest as never);
    this.#rest = null;
  }

  #backoff({ refusals }: Message): number {
    const { policy, random } = this.#context;
    return nextPause(policy, random, refusals);
  }
}

const sent: MessageEvent = { type: 'sent' };
const lost: MessageEvent = { type: 'lost' };
const failures: Record<LinkCallError['reason'], MessageEvent> = {
  'not-open': { type: 'not-open' },
  timeout: { type: 'no-answer' },
  lost,
};
