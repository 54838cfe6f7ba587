import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { type Backend, startBackend } from './backend.ts';
import { createEndpoints } from './endpoints.ts';
import { createSignIn } from './sign-in.ts';
import { createRelay, tunnelUpgrade } from './tunnel.ts';

/** Sign-in, chat and faults on the port where Vite serves the page. */
export function chatWithFaults(): Plugin {
  let backend: Backend | null = null;

  function open({ httpServer, middlewares }: ViteDevServer | PreviewServer): void {
    const signIn = createSignIn();
    const started = startBackend(signIn.key);
    backend = started;
    middlewares.use(createEndpoints(started, signIn));
    middlewares.use(createRelay(started.ways));
    httpServer?.on(
      'upgrade',
      (request, socket, head) => void tunnelUpgrade(started.ways, request, socket, head),
    );
  }

  async function close(): Promise<void> {
    await backend?.stop();
  }

  return {
    name: 'holdfast-demo',
    configureServer: open,
    configurePreviewServer: open,
    closeServer: close,
    closePreviewServer: close,
  };
}
