import { createClient } from 'graphql-ws';
import { type Connect, webSocketUrl } from './client.ts';

/**
 * A subscription that gives a value at once. By default a connection that cannot be made is fatal, and five attempts are
 * all there are; its documentation says how to go on, and how to notice a link that is dead.
 */
export const connect: Connect = ({ url, heartbeat, WebSocket, usable }) => {
  let timedOut: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: webSocketUrl(url),
    webSocketImpl: WebSocket,
    shouldRetry: () => true,
    retryAttempts: Number.POSITIVE_INFINITY,
    keepAlive: heartbeat ?? 10_000,
    on: {
      ping(isReceived) {
        if (isReceived) return;
        // Not `close()`: a dead link would have to agree.
        timedOut = setTimeout(() => client.terminate(), heartbeat ?? 5_000);
      },
      pong(isReceived) {
        if (isReceived) clearTimeout(timedOut);
      },
      closed: () => clearTimeout(timedOut),
    },
  });
  client.subscribe(
    { query: 'subscription { alive }' },
    { next: usable, error: () => {}, complete: () => {} },
  );
  return async () => {
    clearTimeout(timedOut);
    // It rejects with the failure of an attempt that is under way.
    await Promise.resolve(client.dispose()).catch(() => {});
  };
};
