/**
 * The classic inspector over WebSocket, from a process of Node. It needs `ws`.
 *
 * @module holdfast-inspect-classic/node
 */

import { closable, type DevTools, type OpenDevTools } from './dev-tools.ts';
import { type LoopbackOptions, loopbackServer } from './loopback.ts';
import { type ServerLike, wellBehaved } from './well-behaved.ts';

export type { LoopbackOptions } from './loopback.ts';
export type { ClientLike, ServerLike } from './well-behaved.ts';

/** A WebSocket server of yours. */
export interface ServerOptions {
  /** A `WebSocketServer` of `ws`. Who may connect, and when it closes, is up to you. */
  readonly server: ServerLike;
}

/** A classic inspector that runs, and where a page finds it. */
export interface NodeDevTools extends OpenDevTools {
  /** Where a page of the inspector finds it: `127.0.0.1:8888`. `null` for a server of yours. */
  readonly address: string | null;
}

/**
 * The classic inspector over WebSocket, for a page that is given the address. `@xstate/inspect` and `ws` are loaded when
 * this is called. A server that it makes itself keeps no process alive.
 *
 * @throws Error of Node when the port cannot be had.
 */
export async function nodeDevTools(options: LoopbackOptions | ServerOptions): Promise<NodeDevTools> {
  const { createDevTools } = await import('@xstate/inspect');
  const { inspect } = await import('@xstate/inspect/lib/server.js');
  const own = 'server' in options ? null : await loopbackServer(options);
  const server = wellBehaved(own?.server ?? (options as ServerOptions).server);
  const devTools = createDevTools();
  const inspector = withGlobal(devTools, () => inspect({ server: server as never }));
  const end = async () => {
    inspector.disconnect();
    await own?.close();
  };
  return { ...closable(devTools, end), address: own && `127.0.0.1:${own.port}` };
}

/**
 * In Node, `@xstate/inspect` sets a global and goes by it, and whatever is registered with one server is shown by every
 * other. So it finds these devtools there instead of its own; the global is as before afterwards.
 */
function withGlobal<T>(devTools: DevTools, start: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, '__xstate__');
  Object.defineProperty(globalThis, '__xstate__', { configurable: true, get: () => devTools, set() {} });
  try {
    return start();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, '__xstate__');
    else Object.defineProperty(globalThis, '__xstate__', before);
  }
}
