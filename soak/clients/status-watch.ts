import type { Status } from 'holdfast';
import { edges } from '../../src/testing/lifecycle.ts';

/** Holds what `status$` tells against the lifecycle, and against what the app asked for. */
export class StatusWatch {
  #last: Status | undefined;

  /** What is wrong with this one, after those before; nothing as a rule. `wants`: the user that the app is connected as, or `null`. */
  next(status: Status, wants: string | null): string | undefined {
    const last = this.#last;
    this.#last = status;
    if (wants === null && status.state !== 'idle') return `${status.state}, though nobody is to be connected`;
    if ('identity' in status && status.identity !== wants)
      return `${status.state} as ${status.identity}, not as ${wants}`;
    if (last === undefined) return undefined;
    if (!edges[last.state].includes(status.state)) return `${last.state} → ${status.state}`;
    const isAsked = last.state !== 'reconnecting' || status.state !== 'authenticating';
    if (!isAsked && last.identity === status.identity)
      return 'reconnecting → authenticating for the same user';
    return undefined;
  }
}
