import type { Ports } from '../../machines/ports.ts';

/** Ports that do nothing and say nothing: for a machine whose every event is given to it. */
export const inertPorts: Pick<Ports, 'link' | 'credential' | 'session' | 'problem'> = {
  link: {
    open() {},
    dial() {},
    authenticate() {},
    renew: () => () => {},
    hangUp() {},
    suspend() {},
    close() {},
  },
  credential: { call: () => () => {}, markRefused() {}, forgive() {} },
  session: {
    belongTo() {},
    begin() {},
    hold() {},
    restore: () => () => {},
    probe: () => () => {},
    open() {},
    pause() {},
    end() {},
  },
  problem() {},
};
