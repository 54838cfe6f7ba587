import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A Socket.IO client made by hand: it says whatever it is told to, and keeps every packet as it came. */
export interface RawClient {
  /** The packets of the Socket.IO server, in order: `0{…}`, `2["event",…]`, `4{…}`. */
  readonly packets: string[];
  /** Sends one Socket.IO packet as it is. */
  send(packet: string | Uint8Array): void;
  /** Sends one Engine.IO frame as it is. */
  sendFrame(frame: string | Uint8Array): void;
  connect(auth: unknown): void;
  /** The next packet, from the first on, that begins so. */
  next(start: string): Promise<string>;
  readonly closed: Promise<void>;
  /** No goodbye: the server sees the transport close, and keeps the session. */
  drop(): Promise<void>;
  close(): Promise<void>;
}

export async function rawClient(port: number, headers: Record<string, string> = {}): Promise<RawClient> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, { headers });
  const packets: string[] = [];
  let arrived = () => {};
  let read = 0;
  ws.on('error', () => {});
  ws.on('message', (data) => {
    const frame = String(data);
    if (frame === '2') ws.send('3');
    if (!frame.startsWith('4')) return;
    packets.push(frame.slice(1));
    arrived();
  });
  const closed = once(ws, 'close').then(() => arrived());
  await once(ws, 'open');
  const drop = async () => {
    ws.terminate();
    await closed;
  };
  return {
    packets,
    closed,
    send: (packet) => ws.send(typeof packet === 'string' ? `4${packet}` : packet),
    sendFrame: (frame) => ws.send(frame),
    connect: (auth) => ws.send(`40${auth === undefined ? '' : JSON.stringify(auth)}`),
    async next(start) {
      for (;;) {
        while (read < packets.length) {
          const packet = packets[read++] as string;
          if (packet.startsWith(start)) return packet;
        }
        if (ws.readyState !== WebSocket.OPEN) throw new Error(`closed before ${start}: ${packets.join(' ')}`);
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
    drop,
    close: drop,
  };
}

/** What a packet carries: `0{"sid":…}` gives the object, `2["event",1]` the list. */
export function bodyOf(packet: string): unknown {
  return JSON.parse(packet.replace(/^\d+/, '') || 'null');
}
