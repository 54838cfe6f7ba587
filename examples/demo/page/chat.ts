import {
  AnswerRefused,
  type Delivery,
  type DeliveryState,
  isHoldfastError,
  RoomRefused,
  type SendOptions,
} from 'holdfast';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { ChatMessage, Room } from '../shared/chat.ts';
import type { ChatConnection } from './connection.ts';
import type { Session } from './session.ts';

/** A line of the chat. */
export interface Line {
  readonly id: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
  /** Of a message of our own; those of others have arrived, or we would not see them. */
  readonly state: DeliveryState | null;
  /** Why it was refused, or will not be sent any more. */
  readonly reason: string;
  /** Whether it would survive a reload now. */
  readonly isKept: boolean;
}

export interface Chat {
  readonly lines$: Observable<readonly Line[]>;
  /** Who is here now: what was shown to somebody else is not for them. */
  enter(user: string, room: Room): void;
  /** Nobody is here any more. */
  forget(): void;
  /** Throws what `connection.send` throws. */
  send(room: Room, text: string, options?: SendOptions): Delivery;
  /** Shows a message that could not be sent at all. */
  refuse(message: Pick<Line, 'from' | 'room' | 'text'>, error: unknown): void;
}

/** The messages of all rooms, ours with what becomes of them, each shown once however often it comes. */
export function createChat(connection: ChatConnection, session: Session): Chat {
  const lines$ = new BehaviorSubject<readonly Line[]>([]);
  let user = '';

  function put(line: Line): void {
    const others = lines$.value.filter(({ id }) => id !== line.id);
    lines$.next([...others, line].sort((one, other) => one.at - other.at));
  }

  function change(id: string, what: Partial<Line>): void {
    const line = lines$.value.find((one) => one.id === id);
    if (line !== undefined) put({ ...line, ...what });
  }

  function receive({ id, room, from, text, at }: ChatMessage): void {
    // One of ours that came back is as good as acknowledged, also one from before the page was loaded.
    const known = lines$.value.find((line) => line.id === id);
    const state = from === user ? (known?.state ?? 'acknowledged') : null;
    put({ id, room, from, text, at, state, reason: '', isKept: false });
  }

  function forget(): void {
    user = '';
    lines$.next([]);
  }

  async function load(room: string): Promise<void> {
    const mine = user;
    const messages = await session.messagesAfter({ [room]: 0 });
    if (user === mine) for (const message of messages) receive(message);
  }

  let joined = new Set<string>();
  connection.rooms$.subscribe((states) => {
    const before = joined;
    joined = new Set([...states].flatMap(([room, { state }]) => (state === 'joined' ? [room] : [])));
    // What could not be loaded is there with the next `sync`, or the next visit.
    for (const room of joined) if (!before.has(room)) load(room).catch(() => {});
  });
  connection.on('message:new').subscribe(receive);

  return {
    lines$,
    enter(who, room) {
      if (who !== user) forget();
      user = who;
      connection.join(room);
    },
    forget,
    send(room, text, options) {
      const delivery = connection.send('message:send', { room, text }, options);
      const { id, state } = delivery;
      put({ id, room, from: user, text, at: Date.now(), state, reason: '', isKept: false });
      delivery.state$.subscribe((now) => change(id, { state: now }));
      void delivery.kept.then((isKept) => change(id, { isKept }));
      delivery.acknowledged.catch((error) => change(id, { reason: reasonOf(error) }));
      return delivery;
    },
    refuse(message, error) {
      const reason = reasonOf(error);
      put({ ...message, id: crypto.randomUUID(), at: Date.now(), state: 'refused', reason, isKept: false });
    },
  };
}

/** What the server said, where it said something; else what the library says. */
export function reasonOf(error: unknown): string {
  if ((error instanceof AnswerRefused || error instanceof RoomRefused) && typeof error.answer === 'string') {
    return error.answer;
  }
  return isHoldfastError(error) ? error.message : String(error);
}
