import { fork } from 'node:child_process';
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

/** Once for the file: nodes that start together must not find it half written. */
const script = compiled(fileURLToPath(new URL('node-child.ts', import.meta.url)));

/** With `history`, its rooms keep what is said. */
export async function forkNode(redisUrl: string, ...kind: 'history'[]): Promise<Node> {
  const child = fork(script, [redisUrl, ...kind], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', ({ port }: { port: number }) => resolve(port));
    child.once('exit', (code) => reject(new Error(`the node ended with ${code} before it listened`)));
  });
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
