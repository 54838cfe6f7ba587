import { useSelector } from '@xstate/react';
import { words } from '../shared/words.ts';
import { banner$, connection } from './connection.ts';
import { useCurrent } from './hooks.ts';

/** What people are told: dips that heal are not shown. */
export function StatusLine() {
  const status = useCurrent(banner$, () => banner$.value);
  return <p role="status">{words(status)}</p>;
}

/** What the machine itself knows, by way of `@xstate/react`: part of a snapshot, rendered when that part changes. */
export function Attempts() {
  const attempt = useSelector(connection.actor, ({ context }) => context.attempt);
  return attempt > 1 ? <p>Attempt {attempt}</p> : null;
}
