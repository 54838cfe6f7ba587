import { type ServerProcess, startProcess } from '../../shared/processes/server-process.ts';
import type { ChatMessage } from '../shared/chat.ts';
import type { Fault, Sighting } from '../shared/faults.ts';
import type { Order, Report } from './orders.ts';
import { createWays, type Ways } from './ways.ts';

/** The chat server's process, its database, and the ways to it. */
export interface Backend {
  readonly ways: Ways;
  /** Every message that is stored, in order. The database survives the server, as databases do. */
  readonly history: readonly ChatMessage[];
  /** What the server saw of the tab, and of itself, newest last. */
  sightings(tab: string): readonly Sighting[];
  /** Commits a fault; resolves when it is in force. False when there is no server to commit it. */
  commit(fault: Fault, tab: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** How much of what was seen is kept. */
const memory = 500;

export function startBackend(key: string): Backend {
  const history: ChatMessage[] = [];
  const seen: { readonly tab: string | null; readonly sighting: Sighting }[] = [];
  let server: ServerProcess<Order, Report> | null = null;
  let isOver = false;

  function note(what: string, tab: string | null = null): void {
    seen.push({ tab, sighting: { at: Date.now(), what } });
    seen.splice(0, seen.length - memory);
  }

  async function start(port: number): Promise<number> {
    const started = startProcess<Order, Report>(new URL('./chat-server.ts', import.meta.url));
    server = started;
    void started.gone.then(() => {
      if (isOver) return;
      server = null;
      note('the server process died');
    });
    started.listen((report) => {
      if (report.type === 'stored') history.push(report.message);
      if (report.type === 'seen') note(report.what, report.tab);
    });
    await started.heard('loaded');
    started.tell({ type: 'listen', port, key, history });
    const listening = await started.heard('listening');
    note(`a server process listens (pid ${started.pid})`);
    return listening.port;
  }

  const firstPort = start(0);
  const ways = createWays(firstPort);

  async function restart(): Promise<boolean> {
    if (server !== null) return false;
    await start(await firstPort);
    return true;
  }

  return {
    ways,
    history,
    sightings: (tab) =>
      seen.filter((one) => one.tab === null || one.tab === tab).map(({ sighting }) => sighting),
    async commit(fault, tab) {
      if (fault === 'restart') return restart();
      if (fault === 'cut' || fault === 'silence') {
        await ways[fault](tab);
        return true;
      }
      if (server === null) return false;
      const { tell, heard, kill, gone } = server;
      if (fault === 'kill') await kill();
      else {
        const done = heard('done');
        tell({ type: 'fault', fault, tab });
        await Promise.race([done, gone]);
      }
      return true;
    },
    async stop() {
      isOver = true;
      await Promise.all([server?.kill(), ways.close()]);
    },
  };
}
