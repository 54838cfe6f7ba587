/** Clients of one contender in a process of their own, which tell each time when one of them is usable again. */
import { WebSocket } from 'ws';
import { clientOf } from './clients/clients.ts';
import type { ContenderName } from './contenders.ts';

export interface Group {
  readonly group: number;
  readonly url: string;
  readonly count: number;
}

export interface Usable {
  readonly group: number;
  /** Which of the group, from 0 on. */
  readonly index: number;
  /** By `Date.now()`, which is the same in every process. */
  readonly at: number;
}

const [name] = process.argv.slice(2);
const connect = await clientOf(name as ContenderName);

process.on('message', ({ group, url, count }: Group) => {
  for (let index = 0; index < count; index += 1) {
    connect({
      url,
      heartbeat: null,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      usable: () => process.send?.({ group, index, at: Date.now() } satisfies Usable),
    });
  }
});
process.on('disconnect', () => process.exit());
process.send?.('up');
