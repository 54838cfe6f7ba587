import { AnswerRefused, type Connection, type HoldfastError } from 'holdfast';
import { BehaviorSubject, Subscription } from 'rxjs';

/** What the server broadcasts of a message, to its author too. */
interface Said {
  readonly id: string;
  readonly text: string;
}

export interface ChatEvents {
  'message:new': (said: Said) => void;
}

export interface ChatCommands {
  'message:send': (message: { text: string }, acknowledge: (answer: unknown) => void) => void;
}

export interface Line extends Said {
  readonly state: 'sending' | 'sent' | 'failed';
  /** Why it failed, and what to do. */
  readonly hint?: string;
}

/**
 * What is shown of a conversation: a message is there at once, and is the same line when the server's copy comes. With
 * `plain({ idKey: 'id' })` or `holdfast()` the id of the delivery is the one that the server broadcasts.
 */
export class Conversation {
  readonly lines$ = new BehaviorSubject<readonly Line[]>([]);
  readonly #connection: Connection<ChatEvents, ChatCommands>;
  readonly #subscription = new Subscription();

  constructor(connection: Connection<ChatEvents, ChatCommands>) {
    this.#connection = connection;
    this.#subscription.add(
      connection.on('message:new').subscribe(({ id, text }) => this.#put({ id, text, state: 'sent' })),
    );
  }

  /** @throws HoldfastError `outbox-full` and others of `send`: then nothing was queued, and the text is still the user's. */
  say(text: string): void {
    const { id, acknowledged } = this.#connection.send('message:send', { text });
    this.#put({ id, text, state: 'sending' });
    acknowledged.then(
      () => this.#put({ id, text, state: 'sent' }),
      (error: HoldfastError) => this.#put({ id, text, state: 'failed', hint: hintFor(error) }),
    );
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #put(line: Line): void {
    const lines = this.lines$.value;
    const isThere = lines.some(({ id }) => id === line.id);
    this.lines$.next(isThere ? lines.map((each) => (each.id === line.id ? line : each)) : [...lines, line]);
  }
}

/** What the server said is for people; what the library says is for whoever builds the app. */
function hintFor(error: HoldfastError): string {
  if (!(error instanceof AnswerRefused)) return error.hint;
  return typeof error.answer === 'string' ? error.answer : 'The server did not take it.';
}
