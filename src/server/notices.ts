import type { Namespace, Server } from 'socket.io';
import type { ByeCode, RefusalCode } from '../wire.ts';

/** What the parts of the server tell: metrics and logs are made of it. No token is ever in one. */
export type Notice =
  /** A handshake was refused. `detail` is for the log: why, without what was presented. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string }
  /** A link is ended by the server, with its last word. */
  | { readonly kind: 'bye'; readonly code: ByeCode; readonly socket: string }
  /** A link's credential was renewed in place. */
  | { readonly kind: 'renewed'; readonly socket: string }
  /** A message came again and was answered with the first answer (SV-4). */
  | { readonly kind: 'deduplicated'; readonly event: string }
  /** A client was handed so many messages that it missed, or told of so many rooms that it cannot be said (SV-8). */
  | {
      readonly kind: 'caught-up';
      readonly socket: string;
      readonly messages: number;
      readonly resets: number;
    }
  /** What a client said in its handshake was not understood; the link stays (RM-4). */
  | { readonly kind: 'bad-greeting'; readonly socket: string }
  /** A drain began with so many sockets. */
  | { readonly kind: 'draining'; readonly sockets: number }
  /** A drain is over: so many links were ended, `cut` of them while an acknowledgement was still owed (SV-5). */
  | { readonly kind: 'drained'; readonly dismissed: number; readonly cut: number }
  /** A handler, or a function that the user gave, threw; the client was answered all the same. */
  | { readonly kind: 'failed'; readonly where: string; readonly error: unknown };

/** @inline */
type Listener = (notice: Notice) => void;

const listeners = new WeakMap<Namespace, Set<Listener>>();

/** Tells whoever listens to this namespace. What a listener throws is its own affair: the server goes on. */
export function tell(io: Server | Namespace, notice: Notice): void {
  for (const listener of listeners.get(namespaceOf(io)) ?? []) {
    try {
      listener(notice);
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** Calls the listener with every notice from now on; gives the function that stops it. */
export function onNotice(io: Server | Namespace, listener: Listener): () => void {
  const namespace = namespaceOf(io);
  const heard = listeners.get(namespace) ?? new Set();
  listeners.set(namespace, heard);
  heard.add(listener);
  return () => heard.delete(listener);
}

/** A server stands for its main namespace, as everywhere in Socket.IO. */
export function namespaceOf(io: Server | Namespace): Namespace {
  return 'sockets' in io && 'of' in io ? io.of('/') : (io as Namespace);
}
