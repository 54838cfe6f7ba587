import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import type { RealServer } from './servers.ts';

/** What a server that deduplicates by id keeps of what clients sent, and how it may misbehave about acknowledgements. */
export interface Count {
  /** Payload numbers by their first arrival. */
  readonly effects: number[];
  /** Payload numbers of what came again. */
  readonly repeats: number[];
  /** Arrivals, repeats included. */
  arrivals: number;
  /** Whether the acknowledgement of this arrival is lost. */
  losesAck: (arrival: number) => boolean;
  /** The accepted connections. */
  readonly sockets: ReadonlySet<Socket>;
  /** Resolves when so many more than now have arrived. */
  hears(more: number): Promise<void>;
}

export interface Numbered {
  readonly n: number;
  readonly id?: string;
}

export function countMessages({ io }: RealServer): Count {
  const sockets = new Set<Socket>();
  const ids = new Set<string | undefined>();
  const arrived = new EventEmitter();
  const count: Count = {
    effects: [],
    repeats: [],
    arrivals: 0,
    losesAck: () => false,
    sockets,
    hears(more) {
      const wanted = count.arrivals + more;
      return new Promise((resolve) => {
        arrived.on('one', function look() {
          if (count.arrivals < wanted) return;
          arrived.off('one', look);
          resolve();
        });
      });
    },
  };
  io.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('disconnect', () => sockets.delete(socket));
    socket.on('message', ({ n, id }: Numbered, acknowledge: (answer: object) => void) => {
      count.arrivals += 1;
      (ids.has(id) ? count.repeats : count.effects).push(n);
      ids.add(id);
      if (!count.losesAck(count.arrivals)) acknowledge({ ok: true });
      arrived.emit('one');
    });
  });
  return count;
}
