import type { CredentialProvider, Signal, Signals } from 'holdfast';
import { browserSignals } from 'holdfast/browser';

/** What the world does to the connection: the connection itself knows nothing of it. */
export interface Outside {
  readonly signals: Signals;
  readonly credential: CredentialProvider;
  /** Lets the connection hear a signal as if the browser had told it. */
  tell(signal: Signal): void;
  /** The next call of the provider is never answered. */
  hang(): void;
}

/** The browser's own signals with played ones among them, and a credential provider that can fail. */
export function createOutside(provider: CredentialProvider): Outside {
  const browser = browserSignals();
  const listeners = new Set<(signal: Signal) => void>();
  let hangs = false;

  return {
    signals: {
      ...browser,
      subscribe(listener) {
        listeners.add(listener);
        const stop = browser.subscribe(listener);
        return () => {
          listeners.delete(listener);
          stop();
        };
      },
    },
    credential(request) {
      if (!hangs) return provider(request);
      hangs = false;
      return new Promise(() => {});
    },
    tell(signal) {
      for (const listener of listeners) listener(signal);
    },
    hang() {
      hangs = true;
    },
  };
}
