export { type IndexedDbStoreOptions, indexedDbStore } from './indexed-db-store.ts';
export { browserSignals, type SignalsHost } from './signals.ts';
