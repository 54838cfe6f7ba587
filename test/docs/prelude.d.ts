// What the examples in README.md and docs/ take for granted: the names of an app.

import type { Connection, Status } from 'holdfast';

declare global {
  interface Message {
    readonly id: string;
    readonly text: string;
  }

  interface ServerToClient {
    'message:new': (message: Message) => void;
  }

  interface ClientToServer {
    'message:send': (message: { text: string }, acknowledge: (stored: Message) => void) => void;
    'typing': (where: { conversation: string }) => void;
  }

  const connection: Connection<ServerToClient, ClientToServer>;
  const user: { readonly id: string };
  const session: {
    accessToken(options: { forceRefresh: boolean; signal: AbortSignal }): Promise<string>;
    onTokenChange(listener: () => void): void;
    onUserChange(listener: (user: { readonly id: string }) => void): void;
  };
  function render(status: Status): void;
  function show(message: Message): void;
  function label(status: Status): string;
}

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
