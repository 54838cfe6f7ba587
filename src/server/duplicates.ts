import type { Namespace, Server, Socket } from 'socket.io';
import type { Bye } from '../wire.ts';
import { sayBye } from './bye.ts';
import { callback, checkOptions, duration, oneOf } from './checks.ts';
import { joinsNodes } from './joins-nodes.ts';
import { namespaceOf, tell } from './notices.ts';
import { refused } from './refused.ts';
import { createSeniority, type Rank } from './seniority.ts';
import { userRoom } from './user-room.ts';

/** What happens to a second connection, and whose it is. */
export interface DuplicatesOptions {
  /**
   * `all`: a user may have any number of connections. `newest`: a new one ends the older ones, whose clients come to
   * rest (`idle`, `superseded`). `oldest`: a new one is refused with `busy` and asks again every `retryAfter`: it gets in
   * when the older one is gone. It is no final refusal, since the older one may be a ghost of the same client, whose
   * network went away and which the server has not missed yet.
   */
  readonly policy: 'all' | 'newest' | 'oldest';
  /** Whose socket this is; `undefined` for nobody's, which is left alone. Default: `socket.data.user`. */
  readonly user?: (socket: Socket) => string | undefined;
  /** With `oldest`: how long whoever is refused is told to wait, in ms; a spread comes on top. Default 30,000. */
  readonly retryAfter?: number;
}

/**
 * What happens to a second connection of a user (SV-5), over all nodes where the adapter joins them: the nodes tell each
 * other of every newcomer, and of two that come at one moment exactly one stays. Call it after `authenticate()`.
 *
 * @throws ServerError `bad-option` or `unknown-option`.
 * @example
 * duplicates(io, { policy: 'newest' });
 */
export function duplicates(io: Server | Namespace, options: DuplicatesOptions): void {
  checkOptions('duplicates()', options, {
    policy: { ...oneOf('all', 'newest', 'oldest'), required: true },
    user: callback,
    retryAfter: duration,
  });
  const { policy, user = ({ data }) => data.user, retryAfter = 30_000 } = options;
  if (policy === 'all') return;
  const namespace = namespaceOf(io);
  const userOf = (socket: Socket) => {
    try {
      const given: unknown = user(socket);
      return typeof given === 'string' && given !== '' ? given : undefined;
    } catch (error) {
      tell(namespace, { kind: 'failed', where: 'user of duplicates()', error });
      return undefined;
    }
  };
  const word: Bye = policy === 'newest' ? { code: 'superseded' } : { code: 'busy', retryAfter };
  const seniority = createSeniority<Socket>({
    keeps: policy,
    dismiss: (socket) => sayBye(socket, word),
    announce: (rank) => announce(namespace, rank),
  });

  if (policy === 'oldest') {
    namespace.use((socket, next) => {
      const name = userOf(socket);
      if (name === undefined) return next();
      void isElsewhere(namespace, name).then((isThere) => {
        if (!isThere) return next();
        const detail = 'the user has a connection already';
        next(refused(namespace, { code: 'busy', retryAfter }, detail));
      });
    });
  }
  namespace.on('connection', (socket) => {
    const name = userOf(socket);
    if (name === undefined) return;
    if (policy === 'oldest') socket.join(userRoom(name));
    socket.on('disconnect', () => seniority.leaves(name, socket));
    seniority.arrives(name, socket);
  });
  namespace.on(announcement, (rank: Rank) => seniority.hears(rank));
}

const announcement = 'holdfast:duplicate';

function announce(namespace: Namespace, rank: Rank): void {
  if (joinsNodes(namespace.adapter)) namespace.serverSideEmit(announcement, rank);
}

/** Nodes that do not answer in time count as having nobody: when they are back, seniority decides. */
async function isElsewhere(namespace: Namespace, user: string): Promise<boolean> {
  try {
    return (await namespace.timeout(2_000).in(userRoom(user)).fetchSockets()).length > 0;
  } catch (error) {
    tell(namespace, { kind: 'failed', where: 'fetchSockets() of duplicates()', error });
    return false;
  }
}
