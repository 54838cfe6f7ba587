import { createRequire } from 'node:module';

interface Encoder {
  encode(packet: { type: number }): string[];
}

/** Socket.IO's own, from where Socket.IO has it, but that events are said in capitals. */
const { Encoder: Plain, Decoder } = createRequire(createRequire(import.meta.url).resolve('socket.io'))(
  'socket.io-parser',
) as { Encoder: new () => Encoder; Decoder: new () => unknown };

class Shouting extends Plain {
  override encode(packet: { type: number; data?: unknown[] }): string[] {
    const [text = '', ...rest] = super.encode(packet);
    const isOurs = String(packet.data?.[0]).startsWith('holdfast:');
    return [packet.type === 2 && !isOurs ? text.toUpperCase() : text, ...rest];
  }
}

export const shouting = { Encoder: Shouting, Decoder };
