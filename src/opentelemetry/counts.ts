import type { Subscription } from 'rxjs';
import type { Connection } from '../connection-api.ts';
import type { OutboxView } from '../outbox/delivery.ts';
import type { Stats } from '../stats.ts';
import type { Status } from '../status.ts';
import type { Instruments, Words } from './instruments.ts';

/** One of the connections is in this state, and in no other. */
export function countStates(
  { status$ }: Pick<Connection, 'status$'>,
  { connections }: Instruments,
  words: Words,
): Subscription {
  let counted: Status['state'] | null = null;
  const count = (state: Status['state'] | null) => {
    if (state === counted) return;
    if (counted !== null) connections.add(-1, { ...words, 'holdfast.state': counted });
    if (state !== null) connections.add(1, { ...words, 'holdfast.state': state });
    counted = state;
  };
  const subscription = status$.subscribe(({ state }) => count(state));
  subscription.add(() => count(null));
  return subscription;
}

/** What the connection counts itself, as it grows: several connections of one process add up. */
export class Growth {
  readonly #instruments: Instruments;
  readonly #words: Words;
  #before: Stats;

  constructor(instruments: Instruments, words: Words, before: Stats) {
    this.#instruments = instruments;
    this.#words = words;
    this.#before = before;
  }

  see(now: Stats): void {
    const { losses, refreshes, renewals } = this.#instruments;
    const before = this.#before;
    this.#before = now;
    for (const [code, count] of Object.entries(now.losses)) {
      const more = count - (before.losses[code] ?? 0);
      if (more > 0) losses.add(more, { ...this.#words, 'holdfast.cause': code });
    }
    if (now.refreshes > before.refreshes) refreshes.add(now.refreshes - before.refreshes, this.#words);
    if (now.renewals > before.renewals) renewals.add(now.renewals - before.renewals, this.#words);
  }
}

/** What waits in the outbox of whoever is signed in. */
export function countBacklog(
  { outbox$ }: Pick<Connection, 'outbox$'>,
  { waiting, bytes }: Instruments,
  words: Words,
): Subscription {
  const nothing = { queued: 0, sending: 0, bytes: 0 };
  let counted: Pick<OutboxView, 'queued' | 'sending' | 'bytes'> = nothing;
  const count = (view: typeof counted) => {
    for (const state of ['queued', 'sending'] as const) {
      if (view[state] === counted[state]) continue;
      waiting.add(view[state] - counted[state], { ...words, 'holdfast.state': state });
    }
    if (view.bytes !== counted.bytes) bytes.add(view.bytes - counted.bytes, words);
    counted = view;
  };
  const subscription = outbox$.subscribe(count);
  subscription.add(() => count(nothing));
  return subscription;
}

export function countGaps(
  { gaps$ }: Pick<Connection, 'gaps$'>,
  { gaps }: Instruments,
  words: Words,
): Subscription {
  return gaps$.subscribe(({ reason }) => gaps.add(1, { ...words, 'holdfast.reason': reason }));
}
