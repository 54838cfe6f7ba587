import { redisHistory } from 'holdfast/server';
import { createClient } from 'redis';
import type { ChatMessage } from './events.ts';

/** What the handlers did: the logs of the rooms, which no kill of a node touches. */
export interface Ledger {
  /** Where each room's log ended when this was made: a cursor for who wants to have everything from then on. */
  readonly starts: Readonly<Record<string, string>>;
  /** Reads what came since; in time, before more has come than a log keeps. Rejects while Redis is away. */
  readOn(): Promise<void>;
  /** Keys of messages by room, in the order of each log, from when this was made. */
  read(): Promise<Readonly<Record<string, readonly string[]>>>;
  close(): Promise<void>;
}

/** `heard`: is told of every effect once it is read, room by room in the order of the logs. */
export async function createLedger(
  url: string,
  rooms: readonly string[],
  heard: (room: string, message: ChatMessage) => void = () => {},
): Promise<Ledger> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  const history = redisHistory(client);
  const ends = await history.read(
    rooms.map((room) => ({ room, after: null })),
    page,
  );
  const logs = rooms.map((room, index) => ({
    room,
    cursor: ends[index]?.cursor ?? '',
    keys: [] as string[],
  }));

  const starts = Object.fromEntries(logs.map(({ room, cursor }) => [room, cursor]));

  /** Whether that was all. */
  async function readPages(): Promise<boolean> {
    const asked = logs.map(({ room, cursor }) => ({ room, after: cursor }));
    const pages = await history.read(asked, page);
    for (const [index, { cursor, messages, reset }] of pages.entries()) {
      const log = logs[index];
      if (log === undefined) continue;
      if (reset) throw new Error(`the log of ${log.room} does not know ${log.cursor} any more`);
      log.cursor = cursor;
      for (const { payload } of messages) {
        const message: ChatMessage = JSON.parse(payload);
        log.keys.push(message.key);
        heard(log.room, message);
      }
    }
    return pages.every(({ more }) => !more);
  }

  // One after the other: two at a time would read the same twice.
  let reading = Promise.resolve();
  function readOn(): Promise<void> {
    const next = async () => {
      while (!(await readPages()));
    };
    const read = reading.then(next);
    reading = read.catch(() => {});
    return read;
  }

  return {
    starts,
    readOn,
    async read() {
      await readOn();
      return Object.fromEntries(logs.map(({ room, keys }) => [room, [...keys]]));
    },
    close: async () => client.destroy(),
  };
}

const page = { messages: 1_000, bytes: 2 ** 20 };
