import { setTimeout as pause } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import type { Connection, Status } from '../../src/index.ts';

/** What was expected did not come, or something else did. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

export function expect(fact: boolean, what: string): void {
  if (!fact) throw new Unexpected(`expected was ${what}`);
}

type Watched = Pick<Connection, 'status$' | 'actor'>;
type StatusIn<T extends Status['state']> = Extract<Status, { state: T }>;

/** The status in this state, as soon as there is one that fits. */
export function untilState<T extends Status['state']>(
  { status$ }: Watched,
  state: T,
  fits: (status: StatusIn<T>) => boolean = () => true,
): Promise<StatusIn<T>> {
  const isIt = (status: Status): status is StatusIn<T> =>
    status.state === state && fits(status as StatusIn<T>);
  return firstValueFrom(status$.pipe(filter(isIt)));
}

/** Resolves when the link has held for so long that the count of attempts starts anew. The status does not show it. */
export function untilProven({ actor }: Watched): Promise<void> {
  const isProven = () => actor.getSnapshot().matches({ connected: { stability: 'proven' } });
  return new Promise((resolve) => {
    if (isProven()) return resolve();
    const subscription = actor.subscribe(() => {
      if (!isProven()) return;
      subscription.unsubscribe();
      resolve();
    });
  });
}

/** Every status that comes while `act` runs. */
export async function statusesDuring({ status$ }: Watched, act: () => Promise<void>): Promise<Status[]> {
  const seen: Status[] = [];
  const subscription = status$.subscribe((status) => seen.push(status));
  try {
    await act();
  } finally {
    subscription.unsubscribe();
  }
  // The first is a replay of what was before.
  return seen.slice(1);
}

/** The result of the work, unless it takes longer than this. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = pause(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Unexpected(`it did not come about within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    // The pause that was called off rejects, and nobody is interested.
    late.catch(() => {});
  }
}
