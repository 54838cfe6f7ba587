import type { DeliveredMessage } from './store.ts';

/** An entry of the feed: its id and number, the epoch and the room that it is of, and a message, or words. */
export interface FeedEntry {
  readonly id: string;
  readonly number: number;
  readonly epoch: string;
  readonly room: string;
  readonly said: { readonly message: DeliveredMessage } | { readonly words: string };
}

/** What XREAD gave; `null` where nothing came. */
export function readEntries(answer: unknown): readonly FeedEntry[] {
  const streams = answer as readonly { readonly messages: readonly Written[] }[] | null;
  return (streams?.[0]?.messages ?? []).map(
    ({ id, message: { n, r, c, w, e = '', p = '', u = '', x = '' } }) => ({
      id,
      number: Number(n),
      epoch: c.slice(0, c.lastIndexOf('-')),
      room: r,
      said: w === undefined ? { message: readMessage([c, e, p, u, x, id]) } : { words: w },
    }),
  );
}

/** A message as scripts give it. */
export type WrittenMessage = [
  cursor: string,
  event: string,
  payload: string,
  users: string,
  sockets: string,
  id: string,
];

export function readMessage([cursor, event, payload, users, sockets]: WrittenMessage): DeliveredMessage {
  return { cursor, event, payload, exceptUsers: namesIn(users), exceptSockets: namesIn(sockets) };
}

interface Written {
  readonly id: string;
  readonly message: Readonly<Record<'n' | 'r' | 'c', string>> &
    Partial<Readonly<Record<'w' | 'e' | 'p' | 'u' | 'x', string>>>;
}

function namesIn(list: string): readonly string[] {
  return list === '' ? [] : JSON.parse(list);
}

/** Of two ids of a stream, `<ms>-<number>`; nothing is after everything. */
export function isAfter(one: string, other: string): boolean {
  if (other === '') return one !== '';
  const [a = 0, b = 0] = one.split('-').map(Number);
  const [c = 0, d = 0] = other.split('-').map(Number);
  return a > c || (a === c && b > d);
}
