import { createConnection, type OutboxStore, type Signals, socketIo } from 'holdfast';
import {
  browserSignals,
  type IndexedDbStoreOptions,
  indexedDbStore,
  type SignalsHost,
} from 'holdfast/browser';

const options: IndexedDbStoreOptions = { name: 'outbox' };
const host: SignalsHost = globalThis;

export const store: OutboxStore = indexedDbStore(options);
export const signals: Signals = browserSignals(host);
export const connection = createConnection({
  link: socketIo('/'),
  credential: false,
  outbox: { store },
  signals,
});
