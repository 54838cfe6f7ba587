import type { Namespace, Server, Socket } from 'socket.io';
import type { Refusal } from '../wire.ts';
import { sayBye } from './bye.ts';
import { badOption, checkNames, ServerError } from './errors.ts';
import { examine, type Refused } from './examine.ts';
import { namespaceOf, tell } from './notices.ts';
import { guardRecovery, type Presented } from './recovery.ts';
import { answerRenewals, type RenewalDesk } from './renewal.ts';
import { Stay } from './stay.ts';
import { userRoom } from './user-room.ts';
import type { Identity, Verify } from './verify.ts';

/** Where a credential is found, and who says whether it is good. */
export interface AuthenticateOptions<Claims> {
  /** Decides whether a credential is good: `jwt(...)`, or your own. */
  readonly verify: Verify<Claims>;
  /**
   * Where the credential is in a handshake; what it throws counts as no credential. Default: `auth.token`.
   * `{ auth, headers }` is all there is to read.
   */
  readonly token?: (handshake: Presented) => unknown;
  /** Ms that `verify` may take; then the client is told `busy`. Default 10,000. */
  readonly timeout?: number;
}

/**
 * Lets in who has a good credential, and nobody for longer than it is good (SV-1). For every handshake, those of
 * recovered sessions included, `verify` is asked; `socket.data` then holds `user`, `claims` and `expiresAt`. When the
 * credential runs out, the link ends with a BYE `expired`, unless the client renewed it in place (CR-9).
 *
 * Call it before your own `use` and `on('connection')`, once for each namespace.
 *
 * @throws ServerError `secret-missing` when there is nothing to verify with; `bad-option`, `unknown-option`;
 *   `bad-argument` for a namespace that it cannot serve.
 */
export function authenticate<Claims>(io: Server | Namespace, options: AuthenticateOptions<Claims>): void {
  const { verify, token, timeout } = checked(options);
  const namespace = servable(namespaceOf(io));
  verify.ready?.();

  const present = (handshake: Presented) => examine(readToken(token, handshake), verify, timeout);
  const refuse = ({ refusal, detail, error }: Refused, where = '') => {
    if (error !== undefined) tell(namespace, { kind: 'failed', where: 'verify', error });
    tell(namespace, { kind: 'refused', code: refusal.code, detail: `${where}${detail}` });
  };
  const guard = guardRecovery(namespace, async (handshake) => {
    const examined = await present(handshake);
    return 'identity' in examined ? examined.identity : null;
  });
  taken.add(namespace);
  const admitted = new WeakMap<Socket, Identity<Claims>>();

  const admit = async (socket: Socket): Promise<Error | undefined> => {
    const known = guard.identityOf(socket) as Identity<Claims> | undefined;
    const examined = known === undefined ? await present(socket.handshake) : { identity: known };
    if ('refusal' in examined) {
      refuse(examined);
      return errorOf(examined.refusal);
    }
    admitted.set(socket, examined.identity);
    Object.assign(socket.data, examined.identity);
    return undefined;
  };
  namespace.use((socket, next) => void admit(socket).then(next));

  const desk: RenewalDesk<Claims> = {
    examine: (token) => examine(token, verify, timeout),
    refused: (refused) => refuse(refused, 'renewal: '),
  };
  namespace.on('connection', (socket) => {
    // Of a recovered session no middleware may have been asked: it was verified when it was fetched.
    const identity = admitted.get(socket) ?? guard.identityOf(socket);
    // Its handshake began before this was called, so nobody has looked at its credential.
    if (identity === undefined) return sayBye(socket, { code: 'expired' }, { closes: true });
    answerRenewals(new Stay(namespace, socket, identity as Identity<Claims>), desk);
    Promise.resolve(socket.join(userRoom(identity.user))).catch((error) =>
      tell(namespace, { kind: 'failed', where: 'userRoom', error }),
    );
  });
}

/** Gives away nothing beyond the code. */
function errorOf(refusal: Refusal): Error {
  return Object.assign(new Error(refusal.code), { data: refusal });
}

function readToken(read: (handshake: Presented) => unknown, handshake: Presented): unknown {
  try {
    return read(handshake);
  } catch {
    return undefined;
  }
}

const offered = ['verify', 'token', 'timeout'] satisfies (keyof AuthenticateOptions<unknown>)[];

function checked<Claims>(options: AuthenticateOptions<Claims>): Required<AuthenticateOptions<Claims>> {
  checkNames('authenticate()', options, offered);
  const { verify, token = ({ auth }) => auth['token'], timeout = 10_000 } = options;
  if (typeof verify !== 'function') throw badOption('verify', verify, 'a function, such as jwt({ … }) gives');
  if (typeof token !== 'function') throw badOption('token', token, 'a function');
  if (!(typeof timeout === 'number' && timeout > 0 && timeout <= 2 ** 31 - 1)) {
    throw badOption('timeout', timeout, 'a number of ms above 0');
  }
  return { verify, token, timeout };
}

const taken = new WeakSet<Namespace>();

function servable(namespace: Namespace): Namespace {
  if ('children' in namespace) {
    throw new ServerError('bad-argument', 'authenticate() was given a pattern of namespaces', {
      hint: "Give it each namespace: io.on('new_namespace', (namespace) => authenticate(namespace, options)).",
    });
  }
  if (taken.has(namespace)) {
    throw new ServerError('bad-argument', `authenticate() was called for ${namespace.name} before`);
  }
  return namespace;
}
