export type { LocalInspector, LocalInspectorOptions } from './local-inspector.ts';
export { localInspector } from './node/node-inspector.ts';
export {
  type StatelyInspector,
  type StatelyInspectorOptions,
  statelyInspector,
} from './stately-inspector.ts';
