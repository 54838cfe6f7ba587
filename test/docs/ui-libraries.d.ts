// Libraries that are not installed here: the few names that the examples use, as those libraries declare them.
declare module 'react-native' {
  type AppStateStatus = 'active' | 'background' | 'inactive' | 'unknown' | 'extension';
  export const AppState: {
    currentState: AppStateStatus;
    addEventListener(
      type: 'change' | 'memoryWarning' | 'blur' | 'focus',
      listener: (state: AppStateStatus) => void,
    ): { remove(): void };
  };
}

declare module '@react-native-community/netinfo' {
  interface NetInfoState {
    type: string;
    isConnected: boolean | null;
    isInternetReachable: boolean | null | undefined;
  }
  const NetInfo: { addEventListener(listener: (state: NetInfoState) => void): () => void };
  // biome-ignore lint/style/noDefaultExport: so the package has it.
  export default NetInfo;
}

// The files that a page tells to make, or shows before.
declare module '*/conversation.ts' {
  export { type ChatCommands, type ChatEvents, Conversation } from '../../examples/recipes/conversation.ts';
}

declare module '*/react-native-signals.ts' {
  export const reactNativeSignals: typeof import('../../examples/recipes/react-native-signals.ts').reactNativeSignals;
}

declare namespace NodeJS {
  interface ProcessEnv {
    readonly NEXT_PUBLIC_CHAT_URL?: string;
  }
}
