import { createClient } from 'redis';

/** What the handlers did: the logs of the rooms, which no kill of a node touches. */
export interface Ledger {
  /** Keys of messages by room, in the order of each log. */
  read(): Promise<Readonly<Record<string, readonly string[]>>>;
  close(): Promise<void>;
}

export async function createLedger(url: string, rooms: readonly string[]): Promise<Ledger> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return {
    async read() {
      const logs = await Promise.all(
        rooms.map(async (room) => [room, await client.lRange(`log:${room}`, 0, -1)] as const),
      );
      return Object.fromEntries(logs);
    },
    close: async () => client.destroy(),
  };
}
