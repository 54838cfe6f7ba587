export { localInspector } from './browser-inspector.ts';
export type { LocalInspector, LocalInspectorOptions } from './local-inspector.ts';
