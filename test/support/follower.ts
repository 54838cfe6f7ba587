import { type RoomWish, readCursor } from '../../src/wire.ts';
import { granted, greet, stampOf, wishing } from './greeter.ts';

/** What somebody in one room knows of it over any number of links: by cursors alone, as src/wire.ts says. */
export interface Follower {
  /** Payloads in the order of the log; a message that was not for this user is `null`. */
  readonly read: unknown[];
  /** Numbers that were skipped, or that came after a number behind them. Must stay empty. */
  readonly faults: string[];
  readonly resets: number;
  /** Connects, is let in, and stays until the link is lost; resolves then. */
  follow(url: string): Promise<void>;
  /** Whether it has been let in, and caught up. */
  readonly isLive: boolean;
}

export function follower(room: string, user = 'alice'): Follower {
  let cursor: string | undefined;
  const read: unknown[] = [];
  const faults: string[] = [];
  let resets = 0;
  let isLive = false;

  function take(at: string, payload: unknown): void {
    const [known, next] = [readCursor(cursor), readCursor(at)];
    if (known === null || next === null) throw new Error(`${cursor} and then ${at}`);
    // Live and in the answer.
    if (next.sequence <= known.sequence) return;
    if (next.generation !== known.generation || next.sequence !== known.sequence + 1)
      faults.push(`${cursor} and then ${at}`);
    cursor = at;
    read.push(payload);
  }

  return {
    read,
    faults,
    get resets() {
      return resets;
    },
    get isLive() {
      return isLive;
    },
    async follow(url) {
      const wish = (): RoomWish => (cursor === undefined ? room : [room, cursor]);
      const { socket, answers, join } = greet(url, { user, greeting: wishing(wish()) });
      const lost = new Promise<void>((resolve) => {
        socket.once('disconnect', () => resolve());
        socket.once('connect_error', () => resolve());
      });
      const early: [string, unknown][] = [];
      socket.onAny((event, ...args) => {
        const stamp = stampOf(args);
        if (stamp === undefined) return;
        const payload = event === 'holdfast:skip' ? null : args[0];
        if (isLive) take(stamp[1], payload);
        else early.push([stamp[1], payload]);
      });
      const settle = async () => {
        let page = await answers();
        for (;;) {
          const grant = granted(page[0]);
          if (grant.reset) resets += 1;
          if (cursor === undefined || grant.reset) cursor = grant.cursor as string;
          const { generation = '' } = readCursor(grant.cursor) ?? {};
          for (const [sequence, event, payload] of grant.missed ?? [])
            take(`${generation}:${sequence}`, event === undefined ? null : payload);
          if (!grant.more) break;
          page = await join([wish()]);
        }
        isLive = true;
        for (const [at, payload] of early) take(at, payload);
      };
      await Promise.race([settle().catch(() => {}), lost]);
      await lost;
      isLive = false;
      socket.disconnect();
    },
  };
}
