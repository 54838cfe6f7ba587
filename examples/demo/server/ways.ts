import { FaultProxy } from '../../shared/fault-proxy.ts';

/** The ways between the tabs and the chat server. Each tab has one of its own, so that a fault hits nobody else. */
export interface Ways {
  /** The port on the loopback where the way of this tab begins. */
  portFor(tab: string): Promise<number>;
  /** Ends what is open, as a network does that drops a connection: neither end is told why. */
  cut(tab: string): Promise<void>;
  /** From now on nothing comes through what is open, and nobody is told. New connections find a new way. */
  silence(tab: string): Promise<void>;
  close(): Promise<void>;
}

/** Ms until the silent ones are taken away: long after both ends have given them up. */
const silenceLasts = 30_000;

export function createWays(serverPort: Promise<number>): Ways {
  const ways = new Map<string, Promise<FaultProxy>>();
  /** Silent ones among them. */
  const open = new Set<FaultProxy>();

  function wayOf(tab: string): Promise<FaultProxy> {
    const known = ways.get(tab);
    if (known !== undefined) return known;
    const made = lay();
    ways.set(tab, made);
    return made;
  }

  async function lay(): Promise<FaultProxy> {
    const way = await FaultProxy.to(await serverPort);
    open.add(way);
    return way;
  }

  async function takeAway(way: FaultProxy): Promise<void> {
    open.delete(way);
    await way.close();
  }

  return {
    portFor: async (tab) => (await wayOf(tab)).port,
    async cut(tab) {
      (await wayOf(tab)).cut();
    },
    async silence(tab) {
      const way = await wayOf(tab);
      ways.delete(tab);
      way.blackhole();
      setTimeout(() => void takeAway(way), silenceLasts).unref();
    },
    async close() {
      await Promise.all([...open].map(takeAway));
    },
  };
}
