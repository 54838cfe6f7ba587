import type { Namespace, Server, Socket } from 'socket.io';
import { messageIdKey } from '../wire.ts';
import { atLeast1, callback, checkOptions, oneOf, text, timer, withMethods } from './checks.ts';
import { readAnswer, writeAnswer } from './dedupe/answer.ts';
import { Runs, stillRunning } from './dedupe/runs.ts';
import type { DedupeStore } from './dedupe/store.ts';
import { ServerError } from './errors.ts';
import type { Answer, EventsMap, Payload } from './events-map.ts';
import { namespaceOf, tell } from './notices.ts';
import { Refuse } from './refuse.ts';
import { type UserOf, userInData, userOfSocket } from './users.ts';
import { within } from './within.ts';

/** Where it is remembered what became of messages, and for how long. */
export interface ExactlyOnceOptions<S = Socket> {
  /** Where it is remembered what became of messages: `memoryDedupe()`, `redisDedupe(client)`, or one of your own. */
  readonly store: DedupeStore;
  /**
   * Key of a message's id in its payload, as in the client's `plain({ idKey })`. Default: `id`. What a client of the
   * dialect `holdfast()` sends has its id beside the app's own keys: it goes before this one, and handlers do not see it.
   */
  readonly idKey?: string;
  /** Whose socket it is: ids are each user's own. Default: `socket.data.user`. */
  readonly user?: UserOf<S>;
  /**
   * For how long a first answer is kept, in ms: at least as long as clients go on trying. Default: a day.
   */
  readonly ttl?: number;
  /**
   * For how long a message stays claimed by a node that died while it ran, in ms. After that it may run again, elsewhere.
   * A node that lives extends its claims. Default: 10,000.
   */
  readonly lease?: number;
  /** After how many ms a client is answered `still-running`, to ask again. The handler goes on. Default: 10,000. */
  readonly timeout?: number;
  /** A message without an id runs each time that it comes, or is refused (`no-id`). Default: `run`. */
  readonly withoutId?: 'run' | 'refuse';
}

/** What a handler is told of a message beside its payload. */
export interface MessageContext<S = Socket> {
  /** The one that it came on. */
  readonly socket: S;
  /** Whose socket that is. */
  readonly user: string;
  /** `undefined` where the message has none: then it may come again unnoticed. */
  readonly id: string | undefined;
}

/** What `exactlyOnce` gives: handlers are given to it instead of to the sockets. */
export interface ExactlyOnce<Listen extends EventsMap, S = Socket> {
  /**
   * Handles an event on every socket of the namespace, now and later. What the handler gives is the acknowledgement. A
   * message that comes again, also while the handler runs, also to another node, is answered with the first answer.
   * A handler that throws refuses: `Refuse` as it says, anything else as `failed`; a refusal that says `retryable` is
   * not remembered, any other is.
   *
   * @throws ServerError `bad-argument` when the event is handled already, `bad-option` when `handler` is no function.
   */
  onMessage<E extends Extract<keyof Listen, string>>(event: E, handler: MessageHandler<Listen, E, S>): void;
}

/** Does what a message asks for. What it returns is the acknowledgement; to refuse, it throws a `Refuse`. */
export type MessageHandler<Listen extends EventsMap, E extends keyof Listen, S = Socket> = (
  payload: Payload<Listen, E>,
  context: MessageContext<S>,
) => Answer<Listen, E> | Promise<Answer<Listen, E>>;

/**
 * Handlers whose effect comes once for each message, however often it is sent (SV-4). A message is its id, its event
 * and its user, in this namespace.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 * @example
 * const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
 * onMessage('message:send', async ({ text }, { user }) => store(user, text));
 */
export function exactlyOnce<Listen extends EventsMap, Emit extends EventsMap, Side extends EventsMap, Data>(
  io: Server<Listen, Emit, Side, Data> | Namespace<Listen, Emit, Side, Data>,
  options: ExactlyOnceOptions<Socket<Listen, Emit, Side, Data>>,
): ExactlyOnce<Listen, Socket<Listen, Emit, Side, Data>> {
  checkOptions('exactlyOnce()', options, {
    store: { ...withMethods('begin', 'extend', 'finish', 'release'), required: true },
    idKey: text,
    user: callback,
    ttl: atLeast1,
    lease: timer,
    timeout: timer,
    withoutId: oneOf('run', 'refuse'),
  });
  const namespace = namespaceOf(io as unknown as Namespace);
  const desk = new Desk(namespace, options as unknown as ExactlyOnceOptions);
  const handlers = new Map<string, LooseHandler>();
  namespace.on('connection', (socket) => {
    for (const [event, handler] of handlers) desk.attend(socket, event, handler);
  });
  return {
    onMessage(event, handler) {
      checkOptions(
        'onMessage()',
        { event, handler },
        {
          event: { ...text, required: true },
          handler: { ...callback, required: true },
        },
      );
      if (handlers.has(event))
        throw new ServerError('bad-argument', `\`${event}\` has a handler already`, {
          hint: 'Call onMessage() once for each event, where the server is set up: it serves every socket.',
        });
      handlers.set(event, handler as unknown as LooseHandler);
      for (const socket of namespace.sockets.values())
        desk.attend(socket, event, handler as unknown as LooseHandler);
    },
  };
}

type LooseHandler = (payload: unknown, context: MessageContext) => unknown;

/** Takes messages in, and answers each of them, whatever happens. */
class Desk {
  readonly #namespace: Namespace;
  readonly #options: ExactlyOnceOptions;
  readonly #runs: Runs;
  readonly #timeout: number;

  constructor(namespace: Namespace, options: ExactlyOnceOptions) {
    const { store, ttl = 86_400_000, lease = 10_000, timeout = 10_000 } = options;
    this.#namespace = namespace;
    this.#options = options;
    this.#timeout = timeout;
    this.#runs = new Runs({
      store,
      ttl,
      lease,
      timeout,
      failed: (error) => this.#failed('exactlyOnce', error),
    });
  }

  attend(socket: Socket, event: string, handler: LooseHandler): void {
    socket.on(event, async (...args: unknown[]) => {
      const acknowledge = args.at(-1);
      const answer = await within(
        this.#timeout,
        this.#answer(socket, event, isFunction(args[0]) ? undefined : args[0], handler),
        () => stillRunning().answer,
      );
      if (isFunction(acknowledge)) this.#acknowledge(acknowledge, answer);
    });
  }

  #acknowledge(acknowledge: (...args: unknown[]) => void, answer: unknown): void {
    const send = (sent: unknown) => acknowledge(...(sent === undefined ? [] : [sent]));
    try {
      send(answer);
    } catch (error) {
      // A cycle, a BigInt: what nobody can put on the wire. As a repeat would be answered.
      send(readAnswer(writeAnswer(answer, () => this.#failed('exactlyOnce', error))));
    }
  }

  /** Never rejects. */
  async #answer(socket: Socket, event: string, payload: unknown, handler: LooseHandler): Promise<unknown> {
    try {
      const { idKey = 'id', user: userOf = userInData, withoutId = 'run' } = this.#options;
      const user = userOfSocket(userOf, socket);
      const { id, content } = read(payload, idKey);
      if (id === undefined && withoutId === 'refuse') throw new Refuse('no-id');
      const work = () => this.#work(event, async () => handler(content, { socket, user, id }));
      if (id === undefined) return await work();
      // As JSON, nobody's name can pass for somebody else's name and a part of an id.
      const key = JSON.stringify([this.#namespace.name, user, event, id]);
      const { answer, isRepeat } = await this.#runs.run(key, work);
      if (isRepeat) tell(this.#namespace, { kind: 'deduplicated', event });
      return answer;
    } catch (error) {
      if (error instanceof Refuse) return error.answer;
      this.#failed(event, error);
      // Nothing has run: the store is out of reach, or nobody knows whose socket it is.
      return new Refuse('unavailable', { retryable: !(error instanceof ServerError) }).answer;
    }
  }

  async #work(event: string, handle: () => Promise<unknown>): Promise<unknown> {
    try {
      return await handle();
    } catch (error) {
      if (error instanceof Refuse) return error.answer;
      this.#failed(event, error);
      // Not to be tried again: nobody knows how much of it was done.
      return new Refuse('failed').answer;
    }
  }

  #failed(where: string, error: unknown): void {
    tell(this.#namespace, { kind: 'failed', where, error });
  }
}

/** A UUID has 36 characters. */
const longestId = 128;

/** @throws Refuse when there is something else than an id. */
function read(payload: unknown, key: string): { readonly id: string | undefined; readonly content: unknown } {
  if (typeof payload !== 'object' || payload === null) return { id: undefined, content: payload };
  if (Object.hasOwn(payload, messageIdKey)) {
    const { [messageIdKey]: id, ...content } = payload as Record<string, unknown>;
    return { id: checkedId(id), content };
  }
  if (!Object.hasOwn(payload, key)) return { id: undefined, content: payload };
  return { id: checkedId((payload as Record<string, unknown>)[key]), content: payload };
}

function checkedId(id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= longestId) return id;
  throw new Refuse('bad-id');
}

function isFunction(given: unknown): given is (...args: unknown[]) => void {
  return typeof given === 'function';
}
