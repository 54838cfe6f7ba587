import { type Socket as Client, io as dial } from 'socket.io-client';
import {
  type Hello,
  helloEvent,
  joinEvent,
  probeEvent,
  type RoomAnswer,
  type RoomGrant,
  type RoomWish,
  type Stamp,
} from '../../src/wire.ts';
import { use } from './trial.ts';

/** A client that speaks the words of src/wire.ts and nothing else: what it hears is kept as it came. */
export interface Greeter {
  readonly socket: Client;
  /** Whatever came, in order, `holdfast:hello` included: the event and all of its arguments. */
  readonly heard: [event: string, ...args: unknown[]][];
  hello(): Promise<Hello>;
  /** The answers of a hello that refused nothing as a whole. */
  answers(): Promise<readonly RoomAnswer[]>;
  join(wishes: unknown): Promise<RoomAnswer[]>;
  probe(): Promise<{ rooms: string[] }>;
  ask(event: string, ...args: unknown[]): Promise<unknown>;
  /** The next event of that name, or the first that came already. */
  next(event: string): Promise<unknown[]>;
}

/** Closed when the test ends. `greeting` goes into the handshake as it is. */
export function greet(
  url: string,
  { user = 'alice', greeting, ...auth }: { user?: string; greeting?: unknown; [key: string]: unknown } = {},
): Greeter {
  const socket: Client = dial(url, {
    auth: { token: user, ...(greeting !== undefined && { holdfast: greeting }), ...auth },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  use({ close: async () => void socket.disconnect() });
  const heard: [string, ...unknown[]][] = [];
  socket.onAny((event, ...args) => heard.push([event, ...args]));
  const next = (event: string) =>
    new Promise<unknown[]>((resolve, reject) => {
      const known = heard.find(([name]) => name === event);
      if (known !== undefined) return resolve(known.slice(1));
      socket.once(event, (...args) => resolve(args));
      socket.once('disconnect', (reason) => reject(new Error(`${reason} before ${event}`)));
      return socket.once('connect_error', reject);
    });
  const hello = async () => (await next(helloEvent))[0] as Hello;
  const ask = (event: string, ...args: unknown[]) => socket.timeout(10_000).emitWithAck(event, ...args);
  return {
    socket,
    heard,
    hello,
    async answers() {
      const said = await hello();
      if ('error' in said) throw new Error(`refused: ${JSON.stringify(said)}`);
      return said.rooms;
    },
    join: (wishes) => ask(joinEvent, wishes),
    probe: () => ask(probeEvent),
    ask,
    next,
  };
}

export function wishing(...rooms: readonly RoomWish[]): { v: 1; rooms: readonly RoomWish[] } {
  return { v: 1, rooms };
}

/** The grant that this answer is. */
export function granted(answer: RoomAnswer | undefined): RoomGrant {
  if (answer === undefined || !('ok' in answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer;
}

/** Where a message stands by its last argument, whatever Socket.IO's recovery has put behind it. */
export function stampOf(args: readonly unknown[]): Stamp['holdfast'] | undefined {
  const stamp = args.findLast((arg) => typeof arg === 'object' && arg !== null && 'holdfast' in arg);
  return (stamp as Stamp | undefined)?.holdfast;
}
