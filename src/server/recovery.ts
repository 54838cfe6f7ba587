import type { Namespace, Socket } from 'socket.io';
import { ServerError } from './errors.ts';
import type { Identity } from './verify.ts';

/** What of a handshake there is when a session is asked for: before Socket.IO makes a socket of it. */
export type Presented = Pick<Socket['handshake'], 'auth' | 'headers'>;

export interface RecoveryGuard {
  /** Who was verified when this session was fetched; `undefined` for a socket that is not recovered. */
  identityOf(socket: Socket): Identity | undefined;
}

/**
 * Keeps Socket.IO's connection state recovery from those who may not have it. It skips the middleware
 * (`skipMiddlewares`), or runs it after the missed packets are written: either way they would be read by whoever shows
 * a session's id. So the credential is verified where the adapter is asked for the session: who is refused there, or is
 * somebody else, gets no session, and goes through the middleware like a newcomer.
 *
 * `admit` says who it is, or `null`.
 */
export function guardRecovery(
  namespace: Namespace,
  admit: (presented: Presented) => Promise<Identity | null>,
): RecoveryGuard {
  const verified = new WeakMap<object, Identity>();
  const guarded = new WeakSet<object>();
  let now: Connect | null = null;

  // `restoreSession` is not told who asks. But Engine.IO tells of a packet right before Socket.IO acts on it, and a
  // CONNECT gets from there to the adapter in one turn: what was heard last is what is acted on.
  const guard = (adapter: Namespace['adapter']) => {
    if (guarded.has(adapter)) return;
    guarded.add(adapter);
    const restore = adapter.restoreSession.bind(adapter);
    adapter.restoreSession = async (pid, offset) => {
      const connect = now;
      // Whatever way it came here, nobody has been verified for it.
      if (connect?.auth['pid'] !== pid || connect.auth['offset'] !== offset) return none;
      const identity = await admit(connect);
      if (identity === null) return none;
      const session = await restore(pid, offset);
      const before = session?.data as Partial<Identity> | undefined;
      if (before?.user !== identity.user) return none;
      const data = { ...before, expiresAt: undefined, ...identity };
      verified.set(data, identity);
      return { ...session, data };
    };
  };

  if (namespace.server._opts.connectionStateRecovery) {
    const { engine } = namespace.server;
    if (engine === undefined) {
      throw new ServerError('bad-argument', 'authenticate() was given a server that listens nowhere yet', {
        hint: 'With connectionStateRecovery, call authenticate() after the server is attached: new Server(http), attach() or listen().',
      });
    }
    engine.on('connection', (conn: EngineConnection) => {
      // An adapter may have been set since.
      guard(namespace.adapter);
      conn.on('packet', ({ type, data }) => {
        now = type === 'message' ? readConnect(namespace.name, data, conn) : null;
        // Over before anything else is acted on.
        if (now !== null) queueMicrotask(() => (now = null));
      });
    });
    guard(namespace.adapter);
  }

  return { identityOf: (socket) => (socket.recovered ? verified.get(socket.data) : undefined) };
}

/** Socket.IO's own type does not say that there may be no session. */
const none = null as never;

type Connect = Presented;

interface EngineConnection {
  readonly request?: { readonly headers: Presented['headers'] };
  on(event: 'packet', listener: (packet: { type: string; data?: unknown }) => void): void;
}

/** A CONNECT for this namespace that asks for a session: `0{…}` or `0/namespace,{…}`. */
function readConnect(namespace: string, data: unknown, conn: EngineConnection): Connect | null {
  const start = namespace === '/' ? '0{' : `0${namespace},{`;
  if (typeof data !== 'string' || !data.startsWith(start) || !data.includes('"pid"')) return null;
  try {
    const auth = JSON.parse(data.slice(start.length - 1));
    return { auth, headers: conn.request?.headers ?? {} };
  } catch {
    return null;
  }
}
