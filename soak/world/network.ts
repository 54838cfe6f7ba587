/** The process of the network: one proxy before each group of clients. */

import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { obey } from '../../examples/shared/processes/orders.ts';
import { createRandom } from '../../src/testing/random.ts';
import type { NetworkFault } from './scenario.ts';

export type NetworkOrders = {
  /** So many proxies; each connection goes to a port by lot, be somebody there or not. Gives their URLs. */
  open(groups: number, ports: readonly number[], seed: number): Promise<readonly string[]>;
  strike(group: number, fault: NetworkFault): void;
  heal(group: number): Promise<void>;
  close(): Promise<void>;
};

const proxies: FaultProxy[] = [];
let random = () => 0;

const strokes: Readonly<Record<NetworkFault, (proxy: FaultProxy) => void>> = {
  cut: (proxy) => proxy.cut(),
  reset: (proxy) => proxy.reset(),
  abandon: (proxy) => proxy.abandon(),
  blackhole: (proxy) => proxy.blackhole(),
  'hears-nothing': (proxy) => proxy.dropServerToClient(),
  'is-not-heard': (proxy) => proxy.dropClientToServer(),
  slow: (proxy) => proxy.delay(50 + random() * 750),
  refuse: (proxy) => {
    proxy.refuse();
    proxy.reset();
  },
};

obey<NetworkOrders, never>({
  async open(groups, ports, seed) {
    random = createRandom(seed);
    const target = () => ports[Math.floor(random() * ports.length)] ?? 0;
    for (let group = 0; group < groups; group += 1) proxies.push(await FaultProxy.to(target));
    return proxies.map(({ url }) => url);
  },
  strike(group, fault) {
    const proxy = proxies[group];
    if (proxy !== undefined) strokes[fault](proxy);
  },
  async heal(group) {
    await proxies[group]?.heal();
  },
  async close() {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  },
});
