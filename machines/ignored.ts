import type { ConnectionEvent } from './events.ts';

/** First row of every event that carries an epoch: what an attempt says after its end changes nothing (LK-2, CR-5). */
export const stale = { guard: 'isStale', description: 'Of an attempt that is over.' } as const;

/** Events that a state ignores on purpose, with the reason (LC-11). */
export function ignore(description: string, ...types: ConnectionEvent['type'][]) {
  return Object.fromEntries(types.map((type) => [type, { description }])) as Partial<
    Record<ConnectionEvent['type'], { description: string }>
  >;
}

export const lateLinkWord = ignore(
  'No link is wanted here.',
  'link.opened',
  'link.refused',
  'link.failed',
  'link.lost',
);
export const lateCredential = ignore(
  'No credential is wanted here (CR-5).',
  'credential.granted',
  'credential.refused',
  'credential.unavailable',
);
/** What the session says: of restoring, of a probe, and of a renewal. */
export const lateSession = {
  ...ignore('Nothing is being restored here.', 'restoring.done', 'restoring.failed', 'inbox.gap'),
  ...ignore('Nobody asks for a sign of life here.', 'probe.answered', 'probe.ghost'),
  ...ignore('No credential is being renewed here.', 'renewal.accepted', 'renewal.refused'),
};
