import { freePort } from './free-port.ts';
import type { NodeNews, NodeOrders } from './node-words.ts';
import { startWorker, type Worker } from './worker.ts';

/** One place for a node: one process after another, at the same port. */
export interface Seat {
  readonly name: string;
  readonly port: number;
  readonly isUp: boolean;
  /** Starts a process; resolves when it listens. */
  start(): Promise<void>;
  /** `kill -9`. Resolves when it is gone. */
  kill(): Promise<void>;
  /** What the node knows of users; `null` when there is none, or it dies meanwhile. */
  online(users: readonly string[]): Promise<Readonly<Record<string, boolean>> | null>;
}

export interface SeatOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly onNews: (news: NodeNews) => void;
}

export async function createSeat(name: string, { env, onNews }: SeatOptions): Promise<Seat> {
  const port = await freePort();
  let node: Worker<NodeOrders, NodeNews> | undefined;
  let isUp = false;
  return {
    name,
    port,
    get isUp() {
      return isUp;
    },
    async start() {
      const starting = startWorker<NodeOrders, NodeNews>(new URL('../node.ts', import.meta.url), {
        ...env,
        PORT: String(port),
      });
      node = starting;
      const listening = new Promise<void>((resolve, reject) => {
        starting.listen((news) => {
          onNews(news);
          if (news.type === 'listening') resolve();
        });
        void starting.gone.then(() => reject(new Error(`${name} ended before it listened`)));
      });
      await listening;
      isUp = true;
    },
    async kill() {
      isUp = false;
      await node?.kill();
    },
    async online(users) {
      if (!isUp || node === undefined) return null;
      // Killed meanwhile: whatever it knew went with it.
      return node.ask('online', users).catch(() => null);
    },
  };
}
