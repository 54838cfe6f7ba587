import { type ProcessOptions, startProcess } from './server-process.ts';

/** A process that is asked, and that tells. */
export interface Worker<Orders extends OrderMap, News> {
  readonly pid: number;
  /** Has it carry out one of its orders; rejects with `WorkerGone` when it dies before it answers, or is dead already. */
  ask<Name extends keyof Orders & string>(
    name: Name,
    ...args: Parameters<Orders[Name]>
  ): Promise<Result<Orders[Name]>>;
  listen(listener: (news: News) => void): void;
  readonly gone: Promise<void>;
  /** `kill -9`, or a gentler signal. Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: matches any function
export type OrderMap = Record<string, (...args: any[]) => unknown>;
export type Result<Order> = Order extends (...args: never[]) => infer Given ? Awaited<Given> : never;

export class WorkerGone extends Error {
  override readonly name = 'WorkerGone';
}

export interface Order {
  readonly ticket: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Said =
  | { readonly type: 'answer'; readonly ticket: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly ticket: number; readonly message: string }
  | { readonly type: 'news'; readonly news: unknown };

export function startWorker<Orders extends OrderMap, News>(
  script: URL,
  options: ProcessOptions = {},
): Worker<Orders, News> {
  const child = startProcess<Order, Said>(script, options);
  const asked = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(news: News) => void>();
  let tickets = 0;
  let isGone = false;
  child.listen((said) => {
    if (said.type === 'news') {
      for (const listener of listeners) listener(said.news as News);
      return;
    }
    if (said.type === 'answer') asked.get(said.ticket)?.resolve(said.result as never);
    else asked.get(said.ticket)?.reject(new Error(said.message));
    asked.delete(said.ticket);
  });
  void child.gone.then(() => {
    isGone = true;
    for (const { reject } of asked.values()) reject(new WorkerGone('it died before it answered'));
    asked.clear();
  });
  return {
    pid: child.pid,
    ask(name, ...args) {
      if (isGone) return Promise.reject(new WorkerGone('it is dead'));
      tickets += 1;
      const ticket = tickets;
      return new Promise((resolve, reject) => {
        asked.set(ticket, { resolve, reject });
        child.tell({ ticket, name, args });
      });
    },
    listen: (listener) => void listeners.add(listener),
    gone: child.gone,
    kill: (signal) => child.kill(signal),
  };
}
