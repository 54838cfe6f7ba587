import { freePort } from './free-port.ts';
import type { ProcessOptions } from './server-process.ts';
import { type OrderMap, type Result, startWorker, type Worker } from './worker.ts';

/** One place for a node: one process after another, at the same port. */
export interface Place<Orders extends OrderMap> {
  readonly name: string;
  readonly port: number;
  readonly isUp: boolean;
  /** Starts a process; resolves when it listens. */
  start(): Promise<void>;
  /** `kill -9`. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM: it drains. Resolves when it is gone. */
  end(): Promise<void>;
  /** `null` when there is no node, or it dies before it answers. */
  ask<Name extends keyof Orders & string>(
    name: Name,
    ...args: Parameters<Orders[Name]>
  ): Promise<Result<Orders[Name]> | null>;
}

export interface PlaceOptions<News> extends ProcessOptions {
  readonly script: URL;
  readonly onNews: (news: News) => void;
}

export async function createPlace<Orders extends OrderMap, News extends { readonly type: string }>(
  name: string,
  { script, env, nodeFlags = [], onNews }: PlaceOptions<News>,
): Promise<Place<Orders>> {
  const port = await freePort();
  let node: Worker<Orders, News> | undefined;
  let isUp = false;
  return {
    name,
    port,
    get isUp() {
      return isUp;
    },
    async start() {
      const starting = startWorker<Orders, News>(script, { env: { ...env, PORT: String(port) }, nodeFlags });
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
    async end() {
      isUp = false;
      await node?.kill('SIGTERM');
    },
    async ask(order, ...args) {
      if (!isUp || node === undefined) return null;
      // Killed meanwhile: whatever it knew went with it.
      return node.ask(order, ...args).catch(() => null);
    },
  };
}
