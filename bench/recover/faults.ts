import { setTimeout as pause } from 'node:timers/promises';
import type { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import type { NodeFault } from './lanes.ts';
import type { CrowdProcess, ServerProcess } from './processes.ts';

export interface Stand {
  readonly proxy: FaultProxy;
  readonly server: ServerProcess;
  readonly crowd: CrowdProcess;
}

/** Each does its harm for so many ms, and gives the moment from which nothing stands in the way any more. */
export const faults: Readonly<Record<NodeFault, (stand: Stand, outage: number) => Promise<number>>> = {
  async reset({ proxy }) {
    const at = Date.now();
    proxy.reset();
    return at;
  },

  async end({ proxy }) {
    const at = Date.now();
    proxy.cut();
    return at;
  },

  async refuse({ proxy }, outage) {
    proxy.refuse();
    proxy.reset();
    await pause(outage);
    await proxy.heal();
    return Date.now();
  },

  async restart({ server }, outage) {
    await server.kill();
    await pause(outage);
    return server.listen();
  },

  /** Its links end meanwhile, as they do when a server hears nothing of a client. */
  async stop({ proxy, crowd }, outage) {
    crowd.signal('SIGSTOP');
    await pause(outage / 2);
    proxy.reset();
    await pause(outage / 2);
    const at = Date.now();
    crowd.signal('SIGCONT');
    return at;
  },
};
