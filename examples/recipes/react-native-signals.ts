import type { Signals } from 'holdfast';

/** What is used of `@react-native-community/netinfo`. */
interface NetInfo {
  addEventListener(listener: (network: { isConnected: boolean | null }) => void): () => void;
}

/** What is used of React Native's `AppState`. */
interface AppState {
  readonly currentState: string | null;
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
}

/** Network and app as signals: `createConnection({ …, signals: reactNativeSignals(NetInfo, AppState) })`. */
export function reactNativeSignals(network: NetInfo, app: AppState): Signals {
  return {
    subscribe(listener) {
      if (app.currentState === 'background') listener('hidden');
      const stop = network.addEventListener(({ isConnected }) => {
        if (isConnected !== null) listener(isConnected ? 'online' : 'offline');
      });
      const changes = app.addEventListener('change', (state) => {
        if (state === 'active') listener('visible');
        if (state === 'background') listener('hidden');
      });
      return () => {
        stop();
        changes.remove();
      };
    },
  };
}
