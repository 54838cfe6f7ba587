import type { InspectionEvent } from 'xstate';
import { HoldfastError } from '../errors.ts';
import { plain } from './plain.ts';

/** Which inspector of Stately, and where it is shown. */
export interface StatelyInspectorOptions {
  /** Address of the inspector's page. Default `https://stately.ai/inspect`, which needs the internet. */
  readonly url?: string;
  /** The frame that shows it. Default: a window of its own, which the browser may block outside of a click. */
  readonly iframe?: HTMLIFrameElement;
  /** Sends to a WebSocket server instead, as `createInspectorServer` of `@statelyai/inspect/server`. For Node. */
  readonly webSocket?: string;
}

/** The way to Stately's inspector. Give it to `createConnection({ inspect })`, also to several. */
export interface StatelyInspector {
  /** What XState tells of the machine; called by the connection. What comes before `ready` waits. */
  next(event: InspectionEvent): void;
  /** Resolves when `@statelyai/inspect` is loaded; rejects when it could not be. */
  readonly ready: Promise<void>;
  /** Says goodbye to the inspector. The connections go on. */
  close(): void;
}

/**
 * Shows connections in Stately's inspector (IN-2). `@statelyai/inspect` is loaded when this is called, so that it is in
 * no bundle's way; install it beside holdfast. What crosses is the machine alone, as plain data: its ports stay here, and
 * with them everything that leads to a credential (CR-12). If it cannot be loaded, `ready` rejects and `problems$` says
 * so at the next event.
 *
 * @throws HoldfastError `bad-argument` where there is neither a page nor `webSocket`.
 */
export function statelyInspector(options: StatelyInspectorOptions = {}): StatelyInspector {
  const { webSocket, ...inPage } = options;
  if (webSocket === undefined && typeof window === 'undefined') {
    throw new HoldfastError('bad-argument', 'statelyInspector() found no page to open a window from', {
      hint: 'Outside of a page give the address of a WebSocket server: { webSocket: "ws://127.0.0.1:8080" }.',
    });
  }
  let waiting: InspectionEvent[] = [];
  let inspector: Loaded | null = null;
  let trouble: unknown;
  let isClosed = false;

  const ready = load().then(
    ({ createBrowserInspector, createWebSocketInspector }) => {
      if (isClosed) return;
      const made =
        webSocket === undefined
          ? createBrowserInspector({ ...inPage, ...redaction })
          : createWebSocketInspector({ url: webSocket, ...redaction });
      inspector = made;
      for (const event of waiting) made.inspect.next?.(event);
      waiting = [];
    },
    (thrown) => {
      trouble = thrown;
      waiting = [];
      throw trouble;
    },
  );
  // Whoever does not look at `ready` is told on `problems$`.
  ready.catch(() => {});

  return {
    ready,
    next(event) {
      // Of the provider's call and its kin nothing is to be seen but the ports that they were given.
      if (isClosed || event.actorRef.sessionId !== event.rootId) return;
      if (trouble !== undefined) {
        const thrown = trouble;
        isClosed = true;
        throw thrown;
      }
      if (inspector !== null) inspector.inspect.next?.(event);
      else if (waiting.length < mostWaiting) waiting.push(event);
    },
    close() {
      isClosed = true;
      waiting = [];
      inspector?.stop();
    },
  };
}

/** Within `try`: for bundlers the package may then be missing, as it is in apps with the local inspector alone. */
async function load(): Promise<typeof import('@statelyai/inspect')> {
  try {
    return await import('@statelyai/inspect');
  } catch (cause) {
    throw new HoldfastError('bad-argument', '@statelyai/inspect could not be loaded', {
      hint: 'Install it: npm install --save-dev @statelyai/inspect.',
      cause,
    });
  }
}

interface Loaded {
  readonly inspect: { next?(event: InspectionEvent): void };
  stop(): void;
}

/** Events that wait for the package to load. */
const mostWaiting = 1_000;

const redaction = {
  sanitizeEvent: <T extends object>(event: T) => plain(event) as T,
  // By the time that this is called the ports have become plain data as well: they are known by their name.
  sanitizeContext: ({ ports: _, ...context }: Record<string, unknown>) => plain(context) as object,
};
