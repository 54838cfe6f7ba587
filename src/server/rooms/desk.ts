import type { Namespace, Socket } from 'socket.io';
import {
  type Hello,
  helloEvent,
  joinEvent,
  probeEvent,
  type RefusedWish,
  type RoomAnswer,
} from '../../wire.ts';
import { type Awaitable, after, allOf } from '../awaitable.ts';
import { tell } from '../notices.ts';
import { Refuse } from '../refuse.ts';
import { userRoom } from '../user-room.ts';
import { type UserOf, userOfSocket } from '../users.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { Entrance } from './entrance.ts';
import { takeGreeting, wishesOf } from './wishes.ts';

export interface DeskOptions {
  readonly doorkeeper: Doorkeeper;
  readonly entrance: Entrance;
  readonly user: UserOf;
  readonly limit: number;
}

/** Takes in what clients ask for: in their handshake, and over the link. Whatever it is, it is answered. */
export class Desk {
  readonly #namespace: Namespace;
  readonly #options: DeskOptions;
  /** Sockets of nobody are not in here. */
  readonly #users = new WeakMap<Socket, string>();
  /** The same for all sockets, called on each: closures would be the better part of what a connection weighs. */
  readonly #listeners: Readonly<Record<string, (this: Socket, ...args: unknown[]) => void>>;

  constructor(namespace: Namespace, options: DeskOptions) {
    this.#namespace = namespace;
    this.#options = options;
    const { doorkeeper } = options;
    const desk = this;
    this.#listeners = {
      'room:join'(asked, ...rest) {
        desk.#each(this, asked, rest, (user, room) => doorkeeper.join(this, user, room));
      },
      'room:leave'(asked, ...rest) {
        desk.#each(this, asked, rest, (_, room) => doorkeeper.leave(this, room));
      },
      [joinEvent](wishes, ...rest) {
        desk.#enter(this, wishes, rest);
      },
      [probeEvent](...args) {
        acknowledge(args, { rooms: desk.#roomsOf(this) });
      },
    };
  }

  open(socket: Socket): void {
    const { user: userOf, doorkeeper } = this.#options;
    try {
      const user = userOfSocket(userOf, socket);
      this.#users.set(socket, user);
      void socket.join(userRoom(user));
    } catch (error) {
      doorkeeper.failed(error);
    }
    for (const event in this.#listeners) socket.on(event, this.#listeners[event] as () => void);
    const greeting = takeGreeting(socket.handshake);
    if (greeting !== undefined) this.#greet(socket, greeting);
  }

  #greet(socket: Socket, greeting: unknown): void {
    const wishes = wishesOf(greeting);
    const user = this.#users.get(socket);
    if (wishes === null) {
      tell(this.#namespace, { kind: 'bad-greeting', socket: socket.id });
      this.#hello(socket, new Refuse('bad-greeting').answer);
    } else if (user === undefined) this.#hello(socket, unavailable());
    else
      this.#options.entrance.enter(socket, user, wishes, (answers) =>
        this.#hello(socket, 'error' in answers ? answers : { rooms: answers }),
      );
  }

  /**
   * By the adapter, since it must come before whatever else is sent, and once: `socket.emit` may ask the cluster first,
   * and keeps it for a session that is recovered later, with a hello of its own. A packet that is `volatile`, be it
   * `false`, is not kept.
   */
  #hello(socket: Socket, hello: Hello): void {
    const packet = { type: 2, data: [helloEvent, hello] };
    const flags = { local: true, volatile: false };
    this.#namespace.adapter.broadcast(packet, { rooms: new Set([socket.id]), except: new Set(), flags });
  }

  #enter(socket: Socket, wishes: unknown, rest: readonly unknown[]): void {
    const user = this.#users.get(socket);
    const answer = (said: unknown) => acknowledge([wishes, ...rest], said);
    if (user === undefined) answer(unavailable());
    else if (Array.isArray(wishes)) this.#options.entrance.enter(socket, user, wishes, answer);
    else answer(new Refuse('bad-rooms').answer);
  }

  /** One room or many: each gets its answer, in the order asked. */
  #each(
    socket: Socket,
    asked: unknown,
    rest: readonly unknown[],
    call: (user: string, room: unknown) => Awaitable<RoomAnswer>,
  ): void {
    const { limit } = this.#options;
    const user = this.#users.get(socket);
    const answer = (room: unknown) => (user === undefined ? unavailable() : call(user, room));
    const answers = () => {
      if (!Array.isArray(asked)) return answer(asked);
      // All of it at once: an answer for each of a million names would be work, too.
      if (asked.length > limit) return new Refuse('too-many-rooms', { details: { most: limit } }).answer;
      return allOf(asked.map(answer));
    };
    void after<unknown, void>(answers(), (said) => acknowledge([asked, ...rest], said));
  }

  /** As far as the client may know of them. */
  #roomsOf(socket: Socket): string[] {
    const { doorkeeper } = this.#options;
    return [...socket.rooms].filter((room) => room !== socket.id && doorkeeper.isNameable(room));
  }
}

function acknowledge(args: readonly unknown[], answer: unknown): void {
  const last = args.at(-1);
  if (typeof last === 'function') last(answer);
}

function unavailable(): RefusedWish {
  return new Refuse('unavailable').answer;
}
