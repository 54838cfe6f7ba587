import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { Chromium } from '../../test/support/browser/chromium.ts';
import type { Tab } from '../../test/support/browser/tab.ts';
import { provideChromium } from '../../tools/chromium.mjs';
import type { Contender } from './contenders.ts';
import type { Round } from './figures.ts';
import { type BrowserFault, browserLanes, type Lane } from './lanes.ts';
import type { Setting } from './page/page.ts';
import { servePage } from './page/serve.ts';
import { ServerProcess } from './processes.ts';
import { Returns } from './returns.ts';
import { type Entrant, entrantsOf, runGroup } from './run-lane.ts';

type BrowserLane = Lane & { readonly fault: BrowserFault };

/** Lanes for clients in a browser, all at the same time: each contender in a profile, and a process, of its own. */
export async function measureInBrowser(
  lanes: readonly BrowserLane[] = browserLanes,
): Promise<ReadonlyMap<Lane, readonly Round[]>> {
  const chromium = await Chromium.start(provideChromium());
  const page = await servePage();
  const closers: (() => unknown)[] = [];
  try {
    const enter = async (lane: BrowserLane, contender: Contender): Promise<Entrant> => {
      const server = await ServerProcess.start(contender, lane.heartbeat);
      closers.push(() => server.stop());
      const proxy = await FaultProxy.to(server.port);
      closers.push(() => proxy.close());
      const profile = await chromium.profile();
      const tab = await profile.tab(addressOf(page.url, contender, lane, proxy.url));
      const returns = new Returns(lane.clients);
      closers.push(follow(tab, returns));
      return { contender: contender.name, returns, harm: harmOf(lane, tab, proxy) };
    };
    const measured = lanes.map(async (lane) => {
      const groups = Array.from({ length: lane.abreast }, async () =>
        runGroup(lane, await Promise.all(entrantsOf(lane).map((contender) => enter(lane, contender)))),
      );
      return [lane, (await Promise.all(groups)).flat()] as const;
    });
    return new Map(await Promise.all(measured));
  } finally {
    await chromium.close();
    page.close();
    for (const close of closers) await close();
  }
}

function addressOf(
  page: string,
  { name }: Contender,
  { heartbeat, clients, spread }: BrowserLane,
  url: string,
): string {
  const setting: Setting = { name, url, heartbeat, count: clients, spread };
  return `${page}#${encodeURIComponent(JSON.stringify(setting))}`;
}

/** Ms between two looks at what the clients said. They say it with the time, so a late look is no fault. */
const look = 200;

function follow(tab: Tab, returns: Returns): () => void {
  let isOver = false;
  void (async () => {
    while (!isOver) {
      const news = await tab.evaluate(() => window.usable.splice(0)).catch(() => []);
      for (const { index, at } of news) returns.note(index, at);
      await pause(look);
    }
  })();
  return () => {
    isOver = true;
  };
}

function harmOf({ fault }: BrowserLane, tab: Tab, proxy: FaultProxy): Entrant['harm'] {
  const harms: Readonly<Record<BrowserFault, Entrant['harm']>> = {
    /** The links break, then the browser says that it is offline, as a device does that loses its network. */
    async offline(outage) {
      proxy.refuse();
      proxy.reset();
      await tab.offline();
      await forget(tab);
      await pause(outage);
      await proxy.heal();
      await tab.online();
      return tab.until(() => window.told.online) as Promise<number>;
    },

    /** The page is put away, its links die meanwhile, and nobody says so. */
    async wake() {
      await tab.hide();
      await forget(tab);
      proxy.bury();
      await tab.show();
      return tab.until(() => window.told.visible) as Promise<number>;
    },
  };
  return harms[fault];
}

/** What was told before. */
function forget(tab: Tab): Promise<void> {
  return tab.evaluate(() => {
    window.told = {};
  });
}
