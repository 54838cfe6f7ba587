import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compiled } from './compiled.ts';
import { killed } from './servers.ts';

/** A node of several, in a process of its own: `node-child.ts`. */
export interface Node {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  /** Has it do one of its orders, and gives what came of it. */
  ask(order: string, ...args: unknown[]): Promise<unknown>;
  /** `kill -9`: no goodbye of any kind. Resolves when the process is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function forkNode(redisUrl: string): Promise<Node> {
  const script = compiled(fileURLToPath(new URL('node-child.ts', import.meta.url)));
  const child = fork(script, [redisUrl], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  let tickets = 0;
  const kill = () => killed(child);
  return {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    ask(order, ...args) {
      tickets += 1;
      const ticket = tickets;
      return new Promise((resolve) => {
        child.on('message', function hear(said: { ticket: number; result: unknown }) {
          if (said.ticket !== ticket) return;
          child.off('message', hear);
          resolve(said.result);
        });
        child.send({ order, args, ticket });
      });
    },
    kill,
    close: kill,
  };
}
