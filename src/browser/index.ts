/**
 * What browsers have: signals of page and network, and a store that survives reloads, which needs `idb`.
 *
 * @module holdfast/browser
 */

export { type IndexedDbStoreOptions, indexedDbStore } from './indexed-db-store.ts';
export { browserSignals, type SignalsHost } from './signals.ts';
