export { localInspector } from './browser-inspector.ts';
export type { LocalInspector, LocalInspectorOptions } from './local-inspector.ts';
export {
  type StatelyInspector,
  type StatelyInspectorOptions,
  statelyInspector,
} from './stately-inspector.ts';
