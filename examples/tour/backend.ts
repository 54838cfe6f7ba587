import { killAll, type ServerProcess, startProcess } from '../shared/processes/server-process.ts';
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
    running.listen((report) => {
      if (report.type !== 'users') return;
      users = report.users;
      for (const look of onUsers) look();
    });
    running.tell({ type: 'key', key });
    running.tell({ type: 'listen', port });
    const listening = await running.heard('listening');
    port = listening.port;
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    async crash() {
      await standby;
      await running.kill();
    },
    async comeBack() {
      running = await standby;
      standby = load();
      await listen();
    },
    cut: () => running.tell({ type: 'cut' }),
    async cutNextAnswer() {
      const ready = running.heard('ready-to-cut');
      running.tell({ type: 'cut-next-answer' });
      await ready;
    },
    useKey(next) {
      key = next;
      running.tell({ type: 'key', key });
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
    stop: killAll,
  };
}

async function load(): Promise<ServerProcess<Order, Report>> {
  const loaded = startProcess<Order, Report>(new URL('./server.ts', import.meta.url));
  await loaded.heard('loaded');
  return loaded;
}
