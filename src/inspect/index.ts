/**
 * Inspectors: one of its own that needs no internet, and the way to Stately's, which needs `@statelyai/inspect`.
 *
 * @module holdfast/inspect
 */

export { localInspector } from './browser-inspector.ts';
export type { LocalInspector, LocalInspectorOptions } from './local-inspector.ts';
export {
  type StatelyInspector,
  type StatelyInspectorOptions,
  statelyInspector,
} from './stately-inspector.ts';
