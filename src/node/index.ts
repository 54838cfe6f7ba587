/**
 * What Node has: a store in files.
 *
 * @module holdfast/node
 */

export { type FileStoreOptions, fileStore } from './file-store.ts';
