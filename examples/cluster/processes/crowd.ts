import { sum } from '../../shared/figures.ts';
import { startWorker, type Worker } from '../../shared/processes/worker.ts';
import type { Testimony } from '../client/client.ts';
import type { LoadNews, LoadOrders, Progress } from '../client/load.ts';

/** All clients, in as many processes as they need. */
export interface Crowd {
  start(options: { url: string; clients: number; rooms: number; seed: number }): Promise<void>;
  send(rate: number): Promise<void>;
  leave(count: number): Promise<void>;
  comeBack(allBut: number): Promise<void>;
  /** One more message in each of the rooms. */
  sayLastWords(rooms: readonly string[]): Promise<void>;
  progress(): Promise<Progress>;
  testify(): Promise<readonly Testimony[]>;
  end(): Promise<void>;
}

export interface CrowdOptions {
  readonly processes: number;
  readonly secret: string;
  readonly onNews: (news: LoadNews) => void;
}

export function createCrowd({ processes, secret, onNews }: CrowdOptions): Crowd {
  const script = new URL('../client/load.ts', import.meta.url);
  const workers = Array.from({ length: processes }, () =>
    startWorker<LoadOrders, LoadNews>(script, { env: { JWT_SECRET: secret } }),
  );
  for (const worker of workers) worker.listen(onNews);
  type Ask<T> = (worker: Worker<LoadOrders, LoadNews>, index: number) => Promise<T>;
  const all = <T>(ask: Ask<T>) => Promise.all(workers.map(ask));
  /** The part of a number that falls to one process: the parts add up to it. */
  const share = (whole: number, index: number) =>
    Math.floor((whole * (index + 1)) / processes) - Math.floor((whole * index) / processes);

  return {
    async start({ url, clients, rooms, seed }) {
      await all((worker, index) =>
        worker.ask('start', {
          url,
          first: Math.floor((clients * index) / processes),
          count: share(clients, index),
          rooms,
          seed: seed + index * clients,
        }),
      );
    },
    async send(rate) {
      await all((worker) => worker.ask('send', rate / processes));
    },
    async leave(count) {
      await all((worker, index) => worker.ask('leave', share(count, index)));
    },
    async comeBack(allBut) {
      await all((worker, index) => worker.ask('comeBack', share(allBut, index)));
    },
    async sayLastWords(rooms) {
      let left = rooms;
      for (const worker of workers) left = await worker.ask('sayLastWords', left);
    },
    async progress() {
      const parts = await all((worker) => worker.ask('progress'));
      return sum(parts.map((part) => ({ ...part })));
    },
    testify: async () => (await all((worker) => worker.ask('testify'))).flat(),
    async end() {
      await all((worker) => worker.ask('end'));
      await all((worker) => worker.kill());
    },
  };
}
