// No UI library is installed here: the few names that the examples use, as those libraries declare them.
declare module 'react' {
  export function useSyncExternalStore<T>(
    subscribe: (listener: () => void) => () => void,
    getSnapshot: () => T,
    getServerSnapshot?: () => T,
  ): T;
}

declare module 'vue' {
  export function shallowRef<T>(value: T): { value: T };
  export function onScopeDispose(dispose: () => void): void;
}

declare module '@statelyai/inspect' {
  import type { InspectionEvent } from 'xstate';
  export function createBrowserInspector(): { inspect: { next?(event: InspectionEvent): void } };
}
