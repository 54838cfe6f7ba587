import type { Namespace } from 'socket.io';
import { joinsNodes, overrides } from '../joins-nodes.ts';
import type { Stamped } from './stamp.ts';

/**
 * Sends a message to the members of a room that are here, without writing its payload as JSON a second time: the text
 * that is kept is the text that is sent. It does what the adapter does for `namespace.local.to(room).emit(…)`, where that
 * does nothing else.
 */
export class ShortWay {
  readonly #namespace: Namespace;
  readonly #prefix: string;
  /** The adapter that was looked at, and whether it does nothing else. */
  #adapter: Namespace['adapter'] | undefined;
  #isOpen = false;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#prefix = namespace.name === '/' ? '' : `${namespace.name},`;
  }

  isOpen(): boolean {
    const { adapter, server } = this.#namespace;
    if (adapter !== this.#adapter) {
      this.#adapter = adapter;
      // Of several nodes, each sends to its own as one that is alone does. With recovery, the adapter keeps what it sends.
      const isPlain = joinsNodes(adapter) || !overrides(adapter, 'broadcast');
      this.#isOpen = isPlain && server._opts.parser === undefined;
    }
    return this.#isOpen;
  }

  send({ room, event, payload, stamp }: Stamped, text: string): void {
    const { adapter, sockets } = this.#namespace;
    const members = adapter.rooms.get(room);
    if (members === undefined) return;
    const packet = `2${this.#prefix}[${JSON.stringify(event)},${text},${JSON.stringify(stamp)}]`;
    // Once for all, where it goes over WebSocket.
    const options = { wsPreEncodedFrame: frameOf(`4${packet}`) };
    for (const id of members) {
      const socket = sockets.get(id);
      if (socket === undefined) continue;
      for (const listener of socket.listenersAnyOutgoing()) listener.call(socket, event, payload, stamp);
      socket.conn.write(packet, options as object);
    }
  }
}

/** A text frame of WebSocket from a server (RFC 6455, 5.2): final, not masked. Its head, and what is in it. */
function frameOf(text: string): readonly Buffer[] {
  const data = Buffer.from(text);
  const { length } = data;
  if (length < 126) return [Buffer.from([0x81, length]), data];
  if (length < 65_536) return [Buffer.from([0x81, 126, length >> 8, length & 255]), data];
  const head = Buffer.alloc(10);
  head.writeUInt16BE(0x817f);
  head.writeBigUInt64BE(BigInt(length), 2);
  return [head, data];
}
