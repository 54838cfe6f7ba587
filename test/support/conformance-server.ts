import type { Socket } from 'socket.io';
import type { Auth, Link } from '../../src/link/link.ts';
import type { HandshakeBehaviour, LinkUnderTest } from '../../src/testing/index.ts';
import { startServer } from './servers.ts';

type Proceed = (error?: Error) => void;

/** A real Socket.IO server for the conformance kit, and a link to it. */
export async function openToConformance(linkTo: (url: string) => Link): Promise<LinkUnderTest> {
  const { io, url, close } = await startServer({
    // A recovered session is presented to the middleware like any other.
    connectionStateRecovery: { skipMiddlewares: false },
  });
  const presented: Auth[] = [];
  const heard: { event: string; args: readonly unknown[] }[] = [];
  const hanging: Proceed[] = [];
  let behaviour: HandshakeBehaviour = 'accept';
  let acknowledges = true;

  const adapter = io.of('/').adapter;
  const restoreSession = adapter.restoreSession.bind(adapter);
  adapter.restoreSession = async (pid, offset) =>
    behaviour === 'recover' ? restoreSession(pid, offset) : (null as never);

  const answers: Record<HandshakeBehaviour, (socket: Socket, proceed: Proceed) => void> = {
    accept: (_, proceed) => proceed(),
    recover: (_, proceed) => proceed(),
    refuse: (_, proceed) =>
      proceed(Object.assign(new Error('come back'), { data: { code: 'busy', retryAfter: 1_500 } })),
    close: (socket) => socket.conn.close(),
    hang: (_, proceed) => hanging.push(proceed),
  };
  io.use((socket, proceed) => {
    // What recovery adds to it is Socket.IO's own.
    const { pid: _, offset: __, ...auth } = socket.handshake.auth;
    presented.push(auth);
    answers[behaviour](socket, proceed);
  });
  io.on('connection', (socket) => {
    socket.onAny((event: string, ...args: unknown[]) => {
      const answer = typeof args.at(-1) === 'function' ? (args.pop() as (value: unknown) => void) : undefined;
      heard.push({ event, args });
      if (acknowledges) answer?.(args[0]);
    });
  });

  const connections = () => Object.values((io.engine as unknown as Engine).clients);
  return {
    link: linkTo(url),
    server: {
      next(now) {
        behaviour = now;
      },
      release() {
        for (const proceed of hanging.splice(0)) proceed();
      },
      drop() {
        for (const connection of connections()) connection.close();
      },
      kick: () => void io.disconnectSockets(true),
      say: (event, ...args) => void io.emit(event, ...args),
      acknowledge(does) {
        acknowledges = does;
      },
      connections: () => io.engine.clientsCount,
      accepted: () => io.sockets.sockets.size,
      presented: () => presented,
      heard: () => heard,
    },
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    close,
  };
}

/** Engine.IO's list of connections has no type. */
interface Engine {
  readonly clients: Readonly<Record<string, { close(): void }>>;
}
