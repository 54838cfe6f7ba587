import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './events.ts';

/** The server process, in the hands of the tour. */
export interface Backend {
  readonly url: string;
  /** Ends it without a chance to say anything, as a crash does. */
  crash(): Promise<void>;
  /** Another process takes the place of the one that crashed, at the same address. */
  comeBack(): Promise<void>;
  /** Cuts every connection at the transport, as a lost network does. */
  cut(): void;
  /** The next message is done, and the link breaks before anybody is told. Resolves when the server knows. */
  cutNextAnswer(): Promise<void>;
  /** From now on tokens are good when they are signed with this key. */
  useKey(key: string): void;
  /** Resolves when the server has connections of exactly these users. */
  untilUsersAre(users: readonly string[]): Promise<void>;
  stop(): void;
}

export async function startBackend(firstKey: string): Promise<Backend> {
  let key = firstKey;
  let running = await load();
  // The next one waits in the wings, so that coming back takes no time but its own.
  let standby = load();
  let port = 0;
  const onUsers = new Set<() => void>();
  let users: readonly string[] = [];

  async function listen(): Promise<void> {
    running.on('message', (report: Report) => {
      if (report.type !== 'users') return;
      users = report.users;
      for (const look of onUsers) look();
    });
    tell(running, { type: 'key', key });
    tell(running, { type: 'listen', port });
    const listening = await heard(running, 'listening');
    port = listening.port;
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    async crash() {
      await standby;
      const gone = once(running, 'exit');
      running.kill('SIGKILL');
      await gone;
    },
    async comeBack() {
      running = await standby;
      standby = load();
      await listen();
    },
    cut: () => tell(running, { type: 'cut' }),
    async cutNextAnswer() {
      const ready = heard(running, 'ready-to-cut');
      tell(running, { type: 'cut-next-answer' });
      await ready;
    },
    useKey(next) {
      key = next;
      tell(running, { type: 'key', key });
    },
    untilUsersAre: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (users.join() !== wanted.join()) return;
          onUsers.delete(look);
          resolve();
        };
        onUsers.add(look);
        look();
      }),
    stop: endAll,
  };
}

const children = new Set<ChildProcess>();

async function load(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), { stdio: 'inherit' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await heard(child, 'loaded');
  return child;
}

function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

function tell(child: ChildProcess, order: Order): void {
  child.send(order);
}

function heard<T extends Report['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<Report, { type: T }>> {
  return new Promise((resolve) => {
    child.on('message', function listen(report: Report) {
      if (report.type !== type) return;
      child.off('message', listen);
      resolve(report as Extract<Report, { type: T }>);
    });
  });
}
