import type { Socket } from 'socket.io';
import type { RealServer } from './servers.ts';

/** What a server that deduplicates by id keeps of what clients sent, and how it may misbehave about acknowledgements. */
export interface Count {
  /** Payload numbers by their first arrival. */
  readonly effects: number[];
  /** Arrivals, repeats included. */
  arrivals: number;
  /** Whether the acknowledgement of this arrival is lost. */
  losesAck: (arrival: number) => boolean;
  /** The accepted connections. */
  readonly sockets: ReadonlySet<Socket>;
}

export interface Numbered {
  readonly n: number;
  readonly id?: string;
}

export function countMessages({ io }: RealServer): Count {
  const sockets = new Set<Socket>();
  const ids = new Set<string>();
  const count: Count = { effects: [], arrivals: 0, losesAck: () => false, sockets };
  io.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('disconnect', () => sockets.delete(socket));
    socket.on('message', ({ n, id }: Numbered, acknowledge: (answer: object) => void) => {
      count.arrivals += 1;
      if (id !== undefined && !ids.has(id)) {
        ids.add(id);
        count.effects.push(n);
      }
      if (!count.losesAck(count.arrivals)) acknowledge({ ok: true });
    });
  });
  return count;
}
