import { byeEvent, messageIdKey, renewEvent } from '../wire.ts';
import type { Dialect } from './dialect.ts';
import { plain } from './plain.ts';

/**
 * A server with `holdfast/server`. Ids of queued messages travel along, so that their effect comes once where
 * `exactlyOnce()` handles them (OB-3); a credential is renewed on the open link where `authenticate()` takes it (CR-9).
 *
 * @example
 * createConnection({ link: socketIo(url), credential, dialect: holdfast() });
 */
export function holdfast(): Dialect {
  return {
    ...plain({ bye: byeEvent, idKey: messageIdKey }),
    renew: ({ token }, call) => call(renewEvent, { token }),
  };
}
