import type { Delivery, Status } from 'holdfast';
import { filter, firstValueFrom } from 'rxjs';
import type { Fault as ServerFault } from '../shared/faults.ts';
import type { ChatConnection } from './connection.ts';
import type { Outside } from './outside.ts';
import type { Session } from './session.ts';

/** A button that does something to the connection. */
export interface Fault {
  readonly name: string;
  readonly title: string;
  /** What will happen, and why it heals or stops. */
  readonly promise: string;
  /** Whether it heals by itself, rests until somebody acts, or waits for what another button does. */
  readonly end: 'heals' | 'rests' | 'waits';
  /** Resolves when the damage is done; `tell` is for what no status shows. */
  press(stage: Stage, tell: (what: string) => void): Promise<void>;
}

/** What the faults can reach. */
export interface Stage {
  readonly connection: ChatConnection;
  readonly session: Pick<Session, 'signOut'>;
  readonly outside: Outside;
  /** Has the page's server commit a fault; false when there is no chat server to commit it. */
  commit(fault: ServerFault): Promise<boolean>;
  /** Sends in the room that is shown. */
  send(text: string, ttl?: number): Delivery;
}

/** A fault of the server, or of the way there, that ends the link. */
export function breaksLink(fault: ServerFault): Fault['press'] {
  return async ({ connection, commit }, tell) => {
    const broken = untilBroken(connection);
    if (await commit(fault)) await broken;
    else tell('there is no server to do it: start it again first');
  };
}

/** A fault that befalls the next message, and that message. */
export function befallsMessage(fault: ServerFault, text: string): Fault['press'] {
  return async ({ commit, send }, tell) => {
    if (!(await commit(fault))) return tell('there is no server to do it: start it again first');
    await untilSettled(send(text), tell);
  };
}

/** Resolves when the link is not live, or is not any more. */
export async function untilBroken({ status$ }: ChatConnection): Promise<void> {
  const isLive = (status: Status) => status.state === 'connected' && status.phase === 'live';
  await firstValueFrom(status$.pipe(filter((status) => !isLive(status))));
}

/** Tells each state of the message; resolves with the last. */
export function untilSettled({ state$ }: Delivery, tell: (what: string) => void): Promise<void> {
  return new Promise((resolve) => {
    state$.subscribe({ next: (state) => tell(`the message is ${state}`), complete: resolve });
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
