import type { Socket } from 'socket.io';
import { kindOf, ServerError } from './errors.ts';

/** Who a socket is. By default what authentication left in `socket.data.user`. */
export type UserOf<S = Socket> = (socket: S) => string;

export const userInData: UserOf<{ readonly data: { readonly user?: unknown } }> = ({ data }) =>
  data.user as string;

/** @throws ServerError `no-user` when that is no name, and whatever `userOf` throws. */
export function userOfSocket<S>(userOf: UserOf<S>, socket: S): string {
  const user: unknown = userOf(socket);
  if (typeof user === 'string' && user !== '') return user;
  throw new ServerError('no-user', `the user of a socket is ${kindOf(user)}`);
}
