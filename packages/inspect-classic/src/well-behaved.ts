import { commandOf, parse } from './commands.ts';

/** What is used of a `WebSocketServer` of `ws`. */
export interface ServerLike {
  readonly clients: Iterable<ClientLike>;
  /** Listens for pages that connect. */
  on(event: 'connection', listener: (client: ClientLike) => void): unknown;
  /** Listens no more. */
  off(event: 'connection', listener: (client: ClientLike) => void): unknown;
}

/** What is used of a `WebSocket` of `ws`. */
export interface ClientLike {
  readonly bufferedAmount: number;
  /** Listens for what a page sends. */
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  /** Listens for what goes wrong; without a listener, Node would end the process. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Ends the connection at once: a page that does not read is let go of. */
  terminate(): void;
}

interface MessageSource {
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
}

/** Bytes that may wait for a page that does not read. */
const mostBuffered = 16 * 1024 * 1024;

/**
 * The server as `@xstate/inspect` is to see it. By itself, it lets one message that is no JSON, or one broken frame, end
 * the process; takes every message for one of its own; and keeps whatever a page does not read.
 */
export function wellBehaved(server: ServerLike) {
  let isOver = false;
  let forget = () => {};

  function filtered(client: ClientLike): MessageSource {
    // It is closed by itself then; without a listener the process would end.
    client.on('error', () => {});
    return {
      on(_, hear) {
        client.on('message', (data, isBinary) => {
          const command = isBinary || isOver ? null : commandOf(parse(String(data)));
          if (command !== null) hear(JSON.stringify(command), false);
        });
      },
    };
  }

  return {
    clients: {
      forEach(visit: (client: ClientLike) => void) {
        for (const client of server.clients) {
          if (client.bufferedAmount > mostBuffered) client.terminate();
          else visit(client);
        }
      },
    },
    on(event: string, welcome: (client: MessageSource) => void) {
      if (event !== 'connection') return;
      const meet = (client: ClientLike) => welcome(filtered(client));
      server.on('connection', meet);
      forget = () => server.off('connection', meet);
    },
    /** Nobody is listened to any more. The server itself is not this one's to close. */
    close() {
      isOver = true;
      forget();
    },
  };
}
