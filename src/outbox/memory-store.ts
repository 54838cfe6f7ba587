import type { OutboxEntry, OutboxStore } from './store.ts';

/** Keeps messages over every reconnect and change of identity, as long as the process lives. The default. */
export function memoryStore(): OutboxStore {
  const byIdentity = new Map<string, Map<string, OutboxEntry>>();
  return {
    load: (identity) => ({ entries: [...(byIdentity.get(identity)?.values() ?? [])], corrupt: [] }),
    put(identity, entry) {
      let entries = byIdentity.get(identity);
      if (entries === undefined) {
        entries = new Map();
        byIdentity.set(identity, entries);
      }
      entries.set(entry.id, entry);
    },
    remove(identity, id) {
      const entries = byIdentity.get(identity);
      if (entries?.delete(id) && entries.size === 0) byIdentity.delete(identity);
    },
    clear(identity) {
      byIdentity.delete(identity);
    },
  };
}
