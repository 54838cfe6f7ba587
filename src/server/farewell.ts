import type { Socket } from 'socket.io';
import type { Bye } from '../wire.ts';
import { pendingOf } from './acknowledgements.ts';
import { sayBye } from './bye.ts';
import { Spread } from './spread.ts';

/** What became of a drain. */
export interface Drained {
  /** Links that were ended with a BYE; others went by themselves meanwhile. */
  readonly dismissed: number;
  /** How many of them still owed an acknowledgement when their time was up. */
  readonly cut: number;
}

export interface Farewell {
  readonly done: Promise<Drained>;
  shorten(times: FarewellTimes): void;
}

interface FarewellTimes {
  readonly over: number;
  readonly ackTimeout: number;
}

/** How often is looked who may go, in ms. */
const beat = 20;

/** The longest that is waited for a connection to close after its goodbye, in ms: a peer may have gone silent. */
const linger = 1_000;

/** Says goodbye to these sockets one after another; each when it owes no acknowledgement any more. */
export function farewell(sockets: Socket[], times: FarewellTimes & { readonly bye: Bye }): Farewell {
  const spread = new Spread(sockets.length, performance.now(), times.over);
  /** Whose turn it is, and since when. */
  const turns = new Map<Socket, number>();
  const closing = new Map<Socket['conn'], number>();
  let { ackTimeout } = times;
  let dismissed = 0;
  let cut = 0;

  /** Whether all are gone. */
  function look(): boolean {
    const now = performance.now();
    const waiting = spread.waitingAt(now);
    for (const socket of sockets.splice(waiting)) turns.set(socket, now);
    for (const [socket, since] of turns) {
      const isBusy = socket.connected && pendingOf(socket) > 0;
      if (isBusy && now - since < ackTimeout) continue;
      turns.delete(socket);
      if (!socket.connected) continue;
      dismissed += 1;
      if (isBusy) cut += 1;
      closing.set(socket.conn, now);
      sayBye(socket, times.bye);
    }
    // Whoever closes the server next would throw away what is not on the wire yet.
    for (const [conn, since] of closing) {
      if (conn.readyState === 'closed' || now - since >= linger) closing.delete(conn);
    }
    return sockets.length + turns.size + closing.size === 0;
  }

  const done = new Promise<Drained>((resolve) => {
    const timer = setInterval(() => {
      if (!look()) return;
      clearInterval(timer);
      resolve({ dismissed, cut });
    }, beat);
  });
  return {
    done,
    shorten(shorter) {
      spread.shorten(sockets.length, performance.now(), shorter.over);
      ackTimeout = Math.min(ackTimeout, shorter.ackTimeout);
    },
  };
}
