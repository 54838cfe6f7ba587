/**
 * A bridge from machines of XState 5 to the classic XState inspector, which by itself takes XState 4 only.
 *
 * @module holdfast-inspect-classic
 */

export {
  type ClassicInspectorOptions,
  classicInspector,
  type Inspected,
  type MachineEvent,
} from './bridge.ts';
export type { DevTools, OpenDevTools, Service } from './dev-tools.ts';
