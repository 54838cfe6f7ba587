import { byeEvent, messageIdKey, renewEvent } from '../wire.ts';
import type { Call, Dialect } from './dialect.ts';
import { RoomLogs } from './log-dialect.ts';
import { plain } from './plain.ts';

/**
 * A server with `holdfast/server`: rooms and what was missed in them come back with the handshake (RM-4, SV-8), ids of
 * queued messages travel along, so that their effect comes once (OB-3), and a credential is renewed on the open link
 * (CR-9). It takes `rooms()` on the server; what that has no `history` for is not caught up on.
 *
 * @example
 * createConnection({ link: socketIo(url), credential, dialect: holdfast() });
 */
export function holdfast(): Dialect {
  const base = {
    ...plain({ bye: byeEvent, idKey: messageIdKey }),
    renew: ({ token }: Readonly<Record<string, unknown>>, call: Call) => call(renewEvent, { token }),
  };
  return { ...base, withLogs: (reader) => new RoomLogs(base, reader) };
}
