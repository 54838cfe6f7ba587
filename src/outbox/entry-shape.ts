import type { OutboxEntry } from './store.ts';

/** Whether something that came out of a store is an entry. Its payload may be anything. */
export function isOutboxEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof OutboxEntry, unknown>>;
  return (
    typeof entry.id === 'string' &&
    typeof entry.event === 'string' &&
    isCount(entry.bytes) &&
    typeof entry.once === 'boolean' &&
    Number.isFinite(entry.acceptedAt) &&
    (entry.expiresAt === null || Number.isFinite(entry.expiresAt)) &&
    typeof entry.isTried === 'boolean'
  );
}

/** The entry with what belongs to one and nothing else, the payload always there. */
export function bareEntry(entry: OutboxEntry): OutboxEntry {
  const { id, event, payload, bytes, once, acceptedAt, expiresAt, isTried } = entry;
  return { id, event, payload, bytes, once, acceptedAt, expiresAt, isTried };
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}
