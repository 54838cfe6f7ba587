import type { Namespace } from 'socket.io';
import type { Refusal } from '../wire.ts';
import { tell } from './notices.ts';

/** The error that a middleware passes on to refuse a handshake with data that clients read; told to whoever listens. */
export function refused(namespace: Namespace, refusal: Refusal, detail: string): Error {
  tell(namespace, { kind: 'refused', code: refusal.code, detail });
  return Object.assign(new Error(detail), { data: refusal });
}
