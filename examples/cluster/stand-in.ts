// Until the server part keeps histories itself: a list in Redis, to which each id is added once.
import type { RedisClient, Rooms } from 'holdfast/server';
import type { ChatMessage, ServerToClient } from './events.ts';

const add = `
if redis.call('SET', KEYS[2], '1', 'NX') then redis.call('RPUSH', KEYS[1], ARGV[1]) end
return 1`;

type Broadcast = Rooms<ServerToClient>['broadcast'];
export type Keeping = (
  room: string,
  event: 'message:new',
  payload: ChatMessage,
  options?: { id?: string },
) => Promise<void>;

export function keeping(client: RedisClient, broadcast: Broadcast): Keeping {
  return async (room, event, payload, { id = Math.random().toString() } = {}) => {
    await client.eval(add, { keys: [`log:${room}`, `id:${room}:${id}`], arguments: [payload.key] });
    broadcast(room, event, payload);
  };
}
