import type { PresenceStore } from './store.ts';

/** For one node: it knows of no other. */
export function memoryPresence(): PresenceStore {
  let here = new Set<string>();
  return {
    expiry: 60_000,
    async restate(users) {
      here = new Set(users);
    },
    async put(come, gone) {
      for (const user of come) here.add(user);
      for (const user of gone) here.delete(user);
      return true;
    },
    beat: async () => true,
    online: async (users) => users.map((user) => here.has(user)),
  };
}
