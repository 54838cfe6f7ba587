import { userName } from '../examples/cluster/rooms.ts';
import { Patience } from '../examples/shared/patience.ts';
import type { Options } from './options.ts';
import type { Stage } from './stage.ts';

/**
 * Lets everything come to its end: both users of each client are connected in turn, so that what waits for them goes out,
 * and then in turn again, until they have received all that there is.
 */
export async function settle(
  { crowds, ledger, audit }: Stage,
  { clients }: Options,
  say: (line: string) => void,
): Promise<void> {
  const patience = new Patience(say);
  const herd = 60_000 + 30 * clients;
  const order = ['first', 'second'] as const;

  const areSettled = async () => {
    const parts = await Promise.all(crowds.map((crowd) => crowd.ask('progress')));
    return parts.every((part) => part.live === part.clients && part.unsettled === 0);
  };
  const change = (which: 0 | 1) => Promise.all(crowds.map((crowd) => crowd.ask('settleAs', which)));
  const users = (which: 0 | 1) => Array.from({ length: clients }, (_, index) => userName(2 * index + which));

  await change(1);
  await patience.until('all second users are live, and their messages have an end', herd, areSettled);
  for (const which of [0, 1] as const) {
    const all = `all ${order[which]} users`;
    await change(which);
    await patience.until(`${all} are live, and their messages have an end`, herd, areSettled);
    await patience.until(`${all} have received everything`, herd, async () => {
      await ledger.readOn();
      await Promise.all(crowds.map((crowd) => crowd.ask('progress')));
      return audit.hasAll(users(which));
    });
  }
  for (const what of patience.missed) audit.breaches.note('absent', what);
}
