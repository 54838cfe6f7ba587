export {
  type ClassicInspectorOptions,
  classicInspector,
  type Inspected,
  type MachineEvent,
} from './bridge.ts';
export type { DevTools, OpenDevTools, Service } from './dev-tools.ts';
