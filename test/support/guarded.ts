import type { ServerOptions, Socket } from 'socket.io';
import {
  type AuthenticateOptions,
  authenticate,
  type Identity,
  jwt,
  type Notice,
  onNotice,
} from '../../src/server/index.ts';
import { type RealServer, startServer } from './servers.ts';
import { secret } from './tokens.ts';
import { use } from './trial.ts';

export interface Guarded extends RealServer {
  /** All that the server's parts told. */
  readonly notices: Notice[];
  /** The users of the links that are open. */
  users(): string[];
  /** The identities of those who came in, in order. */
  readonly admitted: Identity[];
}

/** A real server that lets in who has a good token; closed when the test ends. */
export async function guarded(
  { verify = jwt({ secret, clockTolerance: 0 }), ...options }: Partial<AuthenticateOptions<unknown>> = {},
  { server = {} }: { server?: Partial<ServerOptions> } = {},
): Promise<Guarded> {
  const real = use(await startServer(server));
  authenticate(real.io, { verify, ...options });
  const notices: Notice[] = [];
  onNotice(real.io, (notice) => notices.push(notice));
  const admitted: Identity[] = [];
  real.io.on('connection', (socket: Socket) => {
    admitted.push({ ...socket.data });
    socket.on('echo', (said: unknown, answer: unknown) => {
      if (typeof answer === 'function') answer(said);
    });
  });
  return {
    ...real,
    notices,
    admitted,
    users: () => [...real.io.sockets.sockets.values()].map(({ data }) => data.user).sort(),
  };
}
