/**
 * The classic inspector in a page.
 *
 * @module holdfast-inspect-classic/browser
 */

import { commandOf } from './commands.ts';
import { closable, type OpenDevTools } from './dev-tools.ts';

/** Which page of the inspector, and where it is shown. */
export interface BrowserDevToolsOptions {
  /**
   * The page of the inspector. Default: `https://stately.ai/viz?inspect`, which needs the internet, and is shown what
   * the inspector is told.
   */
  readonly url?: string;
  /** Where it is shown. Default: the first `<iframe data-xstate>` of the page; `false`: a window of its own. */
  readonly iframe?: HTMLIFrameElement | (() => HTMLIFrameElement | null) | false;
  /** A window that shows the inspector already. */
  readonly targetWindow?: Window;
}

/**
 * The classic inspector in a frame or a window of its own. `@xstate/inspect` is loaded when this is called.
 *
 * @throws Error if there is no frame to show it in.
 */
export async function browserDevTools(options: BrowserDevToolsOptions = {}): Promise<OpenDevTools> {
  const { createDevTools, inspect } = await import('@xstate/inspect');
  const { url = 'https://stately.ai/viz?inspect' } = options;
  const devTools = createDevTools();
  const stop = refuseStrangers(new URL(url).origin);
  const inspector = inspect({ ...options, url, devTools } as Parameters<typeof inspect>[0]);
  if (inspector === undefined) {
    stop();
    throw new Error(
      'There is no <iframe data-xstate> for the inspector. Put one into the page, give `iframe`, or `iframe: false` for a window.',
    );
  }
  const end = () => {
    inspector.disconnect();
    stop();
  };
  return closable(devTools, end);
}

/**
 * `@xstate/inspect` takes commands from any window that can reach this one. This is there before it, and lets through
 * only those of the inspector's page that can be read.
 */
function refuseStrangers(inspectorOrigin: string): () => void {
  const hear = (message: MessageEvent) => {
    if (message.data?.type !== 'xstate.event') return;
    const isMeant = message.origin === inspectorOrigin && commandOf(message.data) !== null;
    if (!isMeant) message.stopImmediatePropagation();
  };
  window.addEventListener('message', hear);
  return () => window.removeEventListener('message', hear);
}
