import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { Chromium } from '../../test/support/browser/chromium.ts';
import type { Tab } from '../../test/support/browser/tab.ts';
import { provideChromium } from '../../tools/chromium.mjs';
import type { Cleanup } from './cleanup.ts';
import type { Contender } from './contenders.ts';
import { type BrowserFault, browserLanes, type Lane } from './lanes.ts';
import type { Setting } from './page/page.ts';
import { servePage } from './page/serve.ts';
import { ServerProcess } from './processes.ts';
import { Returns } from './returns.ts';
import { type Entrant, entrantsOf, type Heat } from './run-lane.ts';

type BrowserLane = Lane & { readonly fault: BrowserFault };

/** Clients in a Chromium, of each contender a page for each lane, in a profile and so in a process of its own. */
export async function prepareInBrowser(cleanup: Cleanup): Promise<Heat[]> {
  const chromium = cleanup.keep(await Chromium.start(provideChromium()), (made) => made.close());
  const page = cleanup.keep(await servePage(), (made) => made.close());
  const enter = async (lane: BrowserLane, contender: Contender): Promise<Entrant> => {
    const server = cleanup.keep(await ServerProcess.start(contender, lane.heartbeat), (made) => made.stop());
    const proxy = cleanup.keep(await FaultProxy.to(server.port), (made) => made.close());
    const profile = await chromium.profile();
    const tab = await profile.tab(addressOf(page.url, contender, lane, proxy.url));
    const returns = new Returns(lane.clients);
    cleanup.keep(follow(tab, returns), (stop) => stop());
    return { contender: contender.name, returns, harm: harmOf(lane, tab, proxy) };
  };
  const heats = browserLanes.flatMap((lane) => Array.from({ length: lane.abreast }, () => lane));
  return Promise.all(
    heats.map(async (lane) => ({
      lane,
      entrants: await Promise.all(entrantsOf(lane).map((contender) => enter(lane, contender))),
    })),
  );
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
