import type { OutboxStore } from 'holdfast';
import { type FileStoreOptions, fileStore } from 'holdfast/node';

const options: FileStoreOptions = { sync: false };

export const store: OutboxStore = fileStore('outbox', options);
