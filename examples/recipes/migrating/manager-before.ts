import { io, type Socket } from 'socket.io-client';
import type { Message } from './app.ts';

/** A reconnection manager as many apps have grown one. */
export class ChatClient {
  onMessage: (message: Message) => void = () => {};
  readonly #url: string;
  readonly #fetchToken: () => Promise<string>;
  readonly #rooms = new Set<string>();
  readonly #queue: string[] = [];
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #token: string | undefined;
  #attempt = 0;
  #isManuallyClosed = false;

  constructor(url: string, fetchToken: () => Promise<string>) {
    this.#url = url;
    this.#fetchToken = fetchToken;
  }

  start(): void {
    this.#isManuallyClosed = false;
    void this.#open();
  }

  stop(): void {
    this.#isManuallyClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.disconnect();
  }

  join(room: string): void {
    this.#rooms.add(room);
    this.#socket?.emit('room:join', room);
  }

  say(text: string): void {
    if (this.#socket?.connected) this.#socket.emit('message:send', { text });
    else this.#queue.push(text);
  }

  async #open(): Promise<void> {
    // Who calls `stop()` while this waits is connected all the same.
    this.#token ??= await this.#fetchToken();
    const socket = io(this.#url, {
      auth: { token: this.#token },
      reconnection: false,
      forceNew: true,
      transports: ['websocket'],
    });
    this.#socket = socket;
    socket.on('message:new', (message: Message) => this.onMessage(message));
    socket.on('connect', () => {
      this.#attempt = 0;
      for (const room of this.#rooms) socket.emit('room:join', room);
      // What is emitted here is forgotten, and gone if the link breaks before it arrives.
      for (const text of this.#queue.splice(0)) socket.emit('message:send', { text });
    });
    socket.on('connect_error', (error) => {
      if (error.message === 'unauthorized') this.#token = undefined;
      this.#later();
    });
    socket.on('disconnect', () => this.#later());
  }

  #later(): void {
    if (this.#isManuallyClosed) return;
    const delay = Math.min(1_000 * 2 ** this.#attempt, 30_000);
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#open(), delay);
  }
}
