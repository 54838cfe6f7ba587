import { type Connection, createConnection, plain, socketIo } from 'holdfast';
import type { Message } from './app.ts';

interface ServerToClient {
  'message:new': (message: Message) => void;
}

interface ClientToServer {
  'message:send': (message: { text: string }, acknowledge: (answer: unknown) => void) => void;
}

/** The same face, so that nothing around it changes. What was behind it is gone. */
export class ChatClient {
  onMessage: (message: Message) => void = () => {};
  readonly #connection: Connection<ServerToClient, ClientToServer>;

  constructor(url: string, fetchToken: () => Promise<string>) {
    this.#connection = createConnection({
      link: socketIo(url),
      credential: fetchToken,
      dialect: plain({ idKey: 'id' }),
    });
    this.#connection.on('message:new').subscribe((message) => this.onMessage(message));
  }

  start(): void {
    this.#connection.connect();
  }

  stop(): void {
    this.#connection.disconnect();
  }

  join(room: string): void {
    this.#connection.join(room);
  }

  /** After `start`: a message is somebody's. */
  say(text: string): void {
    this.#connection.send('message:send', { text });
  }
}
